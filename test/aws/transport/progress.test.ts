import { expect, test } from '@jest/globals';
import { Journey } from '../../../extension/aws/transport/journey.ts';
import { type Phase, phases } from '../../../extension/outcome/call-failure.ts';

test.each(phases.flatMap((from) => phases.map((to) => [from, to] as const)))('from %s to %s', (from, to) => {
  const journey = new Journey();
  journey.reach(from);
  journey.reach(to);
  const furthest = Math.max(phases.indexOf(from), phases.indexOf(to));
  expect(journey.phase).toBe(phases[furthest] as Phase);
});

test('is ready once', () => {
  let ready = 0;
  const journey = new Journey(() => {
    ready += 1;
  });
  expect(journey.phase).toBe('idle');
  journey.reach('tls');
  expect(ready).toBe(0);
  for (const phase of ['ready', 'ready', 'response', 'ready'] as const) journey.reach(phase);
  expect(ready).toBe(1);
});

test('tells whose turn it is in a stream', () => {
  const turns: boolean[] = [];
  const journey = new Journey(undefined, (begins) => turns.push(begins));
  journey.listen();
  journey.work();
  expect(turns).toEqual([true, false]);
});

test('has its answer, and is then at its response', () => {
  const journey = new Journey();
  expect(journey).toMatchObject({ host: null, proxyUrl: null, answer: null });
  const answer = { statusCode: 200, headers: {} };
  journey.arrive(answer);
  expect(journey).toMatchObject({ phase: 'response', answer });
});

test('what it holds is closed when it is given up, and what comes later at once', () => {
  const closed: string[] = [];
  const resource = (name: string) => ({ destroy: () => closed.push(name) });
  const journey = new Journey();
  journey.hold(resource('first'));
  journey.hold(resource('second'));
  expect(closed).toEqual([]);
  journey.giveUp();
  expect(closed).toEqual(['first', 'second']);
  journey.hold(resource('late'));
  expect(closed).toEqual(['first', 'second', 'late']);
});
