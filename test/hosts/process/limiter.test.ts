import { describe, expect, test } from '@jest/globals';
import { Limiter } from '../../../extension/hosts/process/limiter.ts';

interface Task {
  readonly run: () => Promise<void>;
  readonly end: () => void;
  readonly fail: (error: Error) => void;
}

/** A task that ends when it is told to. */
function task(started: string[], name: string): Task {
  let [end, fail]: [() => void, (error: Error) => void] = [() => {}, () => {}];
  const done = new Promise<void>((resolve, reject) => {
    [end, fail] = [resolve, reject];
  });
  const run = () => {
    started.push(name);
    return done;
  };
  return { run, end, fail };
}

/** Lets everything happen that waits for nothing. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a limiter', () => {
  test('runs so many at once, and the others in the order in which they came', async () => {
    const started: string[] = [];
    const limiter = new Limiter(2);
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => task(started, name)) as [Task, Task, Task, Task];
    const done = [a, b, c, d].map(({ run }) => limiter.run(run));
    await settled();
    expect([started, limiter.running, limiter.waiting]).toEqual([['a', 'b'], 2, 2]);
    b.end();
    await done[1];
    await settled();
    expect([started, limiter.running, limiter.waiting]).toEqual([['a', 'b', 'c'], 2, 1]);
    for (const { end } of [a, c, d]) end();
    await Promise.all(done);
    expect([started, limiter.running, limiter.waiting]).toEqual([['a', 'b', 'c', 'd'], 0, 0]);
  });

  test('gives a failure to its own caller, and the place to the next', async () => {
    const started: string[] = [];
    const limiter = new Limiter(1);
    const [a, b] = ['a', 'b'].map((name) => task(started, name)) as [Task, Task];
    const [failing, next] = [limiter.run(a.run), limiter.run(b.run)];
    a.fail(new Error('of a'));
    await expect(failing).rejects.toThrow('of a');
    await settled();
    expect([started, limiter.running]).toEqual([['a', 'b'], 1]);
    b.end();
    await next;
    expect(limiter.running).toBe(0);
  });

  test('is idle when nothing runs or waits any more, failures and late comers included', async () => {
    const started: string[] = [];
    const limiter = new Limiter(1);
    const [a, b, c] = ['a', 'b', 'c'].map((name) => task(started, name)) as [Task, Task, Task];
    limiter.run(a.run).catch(() => {});
    const second = limiter.run(b.run);
    let isIdle = false;
    const idle = limiter.idle().then(() => {
      isIdle = true;
    });
    a.fail(new Error('of a'));
    await settled();
    const third = limiter.run(c.run);
    b.end();
    await second;
    await settled();
    expect(isIdle).toBe(false);
    c.end();
    await third;
    await idle;
  });

  test('is idle from the start', () => new Limiter(1).idle());
});
