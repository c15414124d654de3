import { describe, expect, test } from '@jest/globals';
import { Stillness } from '../../../../extension/hosts/fleet/worker/stillness.ts';

/** Looks at one job: when, with which heartbeat, and how long the answer took; a null is a look without an answer. */
type Looks = readonly (readonly [at: number, heartbeat: string, took?: number] | null)[];

const cases: readonly { readonly name: string; readonly looks: Looks; readonly orphan: boolean }[] = [
  { name: 'stood still for 15 s', looks: [0, 3, 6, 9, 12, 15].map((at) => [at, 'a']), orphan: true },
  { name: 'stood still for less', looks: [0, 3, 6, 9, 12, 14.9].map((at) => [at, 'a']), orphan: false },
  {
    name: 'was touched in between',
    looks: [
      ...[0, 3, 6].map((at): [number, string] => [at, 'a']),
      ...[9, 12, 15, 18].map((at): [number, string] => [at, 'b']),
    ],
    orphan: false,
  },
  {
    name: 'two looks far apart, as of a sweeper that stood still itself',
    looks: [
      [0, 'a'],
      [3, 'a'],
      [40, 'a'],
      [43, 'a'],
    ],
    orphan: false,
  },
  {
    name: 'an answer that took long, as of a database that stood still',
    looks: [
      [0, 'a'],
      [6, 'a'],
      [12, 'a', 6],
      [15, 'a'],
    ],
    orphan: false,
  },
  {
    name: 'a look without an answer',
    looks: [[0, 'a'], [3, 'a'], [6, 'a'], null, [12, 'a'], [15, 'a'], [18, 'a']],
    orphan: false,
  },
];

describe('a job that stands still', () => {
  test.each(cases)('$name: $orphan', ({ looks, orphan }) => {
    const stillness = new Stillness();
    let found: readonly string[] = [];
    for (const look of looks) {
      if (look === null) {
        stillness.forget();
        continue;
      }
      const [at, heartbeat, took = 0] = look;
      found = stillness.saw([{ id: 'job', claim: 0, heartbeat }], (at - took) * 1000, at * 1000);
    }
    expect(found).toEqual(orphan ? ['job'] : []);
  });
});
