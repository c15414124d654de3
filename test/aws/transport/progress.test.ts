import { expect, test } from '@jest/globals';
import { RequestProgress } from '../../../extension/aws/transport/progress.ts';
import { type Phase, phases } from '../../../extension/outcome/call-failure.ts';

test.each(phases.flatMap((from) => phases.map((to) => [from, to] as const)))('from %s to %s', (from, to) => {
  const progress = new RequestProgress();
  progress.reach(from);
  progress.reach(to);
  const furthest = Math.max(phases.indexOf(from), phases.indexOf(to));
  expect(progress.phase).toBe(phases[furthest] as Phase);
});

test('is ready once', () => {
  let ready = 0;
  const progress = new RequestProgress(() => {
    ready += 1;
  });
  expect(progress.phase).toBe('idle');
  progress.reach('tls');
  expect(ready).toBe(0);
  for (const phase of ['ready', 'ready', 'response', 'ready'] as const) progress.reach(phase);
  expect(ready).toBe(1);
});

test('tells whose turn it is in a stream', () => {
  const turns: boolean[] = [];
  const progress = new RequestProgress(undefined, (begins) => turns.push(begins));
  progress.listen();
  progress.work();
  expect(turns).toEqual([true, false]);
});

test('has its answer, and is then at its response', () => {
  const progress = new RequestProgress();
  expect(progress).toMatchObject({ host: null, proxyUrl: null, answer: null });
  const answer = { statusCode: 200, headers: {} };
  progress.arrive(answer);
  expect(progress).toMatchObject({ phase: 'response', answer });
});

test('what it holds is closed when it is given up, and what comes later at once', () => {
  const closed: string[] = [];
  const resource = (name: string) => ({ destroy: () => closed.push(name) });
  const progress = new RequestProgress();
  progress.hold(resource('first'));
  progress.hold(resource('second'));
  expect(closed).toEqual([]);
  progress.giveUp();
  expect(closed).toEqual(['first', 'second']);
  progress.hold(resource('late'));
  expect(closed).toEqual(['first', 'second', 'late']);
});
