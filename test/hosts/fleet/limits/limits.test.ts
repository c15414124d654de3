import { describe, expect, test } from '@jest/globals';
import { concurrencyOf, rateOf } from '../../../../extension/hosts/fleet/limits/limit-flags.ts';
import { Limits, type PerFunction, unlimited } from '../../../../extension/hosts/fleet/limits/limits.ts';

const of = (all: number, byName: Readonly<Record<string, number>> = {}): PerFunction => ({
  all,
  byName: new Map(Object.entries(byName)),
});

/** Limits with a clock that the test moves, and what may start at once. */
function limitsOf(concurrency: PerFunction, rate: PerFunction, most = 64) {
  const clock = { now: 0 };
  const limits = new Limits({ concurrency, rate, most }, () => clock.now);
  const startAll = (called: string) => {
    let started = 0;
    while (started < most && limits.wait(called) === 0 && limits.keep(called)) {
      limits.start(called);
      started += 1;
    }
    return started;
  };
  return { clock, limits, startAll };
}

describe('the limits of a function', () => {
  test('so many at once, each function by itself', () => {
    const { limits, startAll } = limitsOf(of(4, { order: 2 }), unlimited);
    expect(startAll('order')).toBe(2);
    expect(startAll('other')).toBe(4);
    limits.end('order');
    expect(startAll('order')).toBe(1);
  });

  test('keeps a quarter more than can run, and leaves the rest in the queue', () => {
    const { limits } = limitsOf(of(8), unlimited);
    const kept = Array.from({ length: 20 }, () => limits.keep('order')).filter(Boolean);
    expect(kept).toHaveLength(10);
    expect(limits.full()).toEqual(['order']);
    limits.drop('order');
    expect(limits.full()).toEqual([]);
  });

  test('so many a second', () => {
    const { clock, limits, startAll } = limitsOf(unlimited, of(5));
    let started = startAll('order');
    for (clock.now = 10; clock.now <= 10_000; clock.now += 10) started += startAll('order');
    expect(started).toBeGreaterThanOrEqual(50);
    expect(started).toBeLessThanOrEqual(51);
    expect(limits.wait('order')).toBeGreaterThan(0);
  });

  test('a throttled function is called half as often, and more again with every window that is answered', () => {
    const { clock, limits, startAll } = limitsOf(unlimited, unlimited, 32);
    expect(startAll('order')).toBe(32);
    const running = () => Array.from({ length: 32 });
    limits.throttled('order', null);
    limits.throttled('order', null); // of the same wave
    for (const _ of running()) limits.end('order');
    clock.now = 1000;
    const half = startAll('order');
    expect(half).toBeLessThan(32);
    expect(half).toBeGreaterThan(8);
    for (let answer = 0; answer < half + 1; answer += 1) limits.answered('order');
    expect(startAll('order')).toBe(1);
  });

  test('Retry-After is honoured, and a function that does nothing but throttle is given up in the end', () => {
    const { clock, limits } = limitsOf(unlimited, unlimited);
    limits.throttled('order', 7000);
    expect(limits.wait('order')).toBe(7000);
    expect(limits.patience('order')).toBe(7000);
    clock.now = 14 * 60_000;
    expect(limits.patience('order')).not.toBeNull();
    clock.now = 16 * 60_000;
    expect(limits.patience('order')).toBeNull();
    limits.answered('order');
    expect(limits.patience('order')).not.toBeNull();
  });

  test.each([1e9, Number.POSITIVE_INFINITY])('an answer that asks for a pause of %d ms gets five minutes', (asked) => {
    const { limits } = limitsOf(unlimited, unlimited);
    limits.throttled('order', asked);
    expect(limits.wait('order')).toBe(300_000);
    expect(limits.patience('order')).toBe(300_000);
  });
});

describe('the flags', () => {
  const rates: readonly [string, number][] = [
    ['5/s', 5],
    ['0.5/s', 0.5],
    ['30/m', 0.5],
    ['360/h', 0.1],
    ['7', 7],
  ];
  test.each(rates)('--rate %s', (word, rate) => expect(rateOf([word])).toEqual(of(rate)));
  test('by name, also an ARN', () => {
    const arn = 'arn:aws:lambda:eu-west-1:123456789012:function:order';
    expect(rateOf(['9/s', `${arn}=2/s`])).toEqual(of(9, { [arn]: 2 }));
    expect(concurrencyOf(['order=2'])).toEqual(of(Number.POSITIVE_INFINITY, { order: 2 }));
  });
  test.each(['0', '-1', 'x', '=3', 'a=', '1.5', '10/s'])('--function-concurrency %s is refused', (word) => {
    expect(concurrencyOf([word])).toEqual({ wrong: word });
  });
  test.each(['0/s', 'x', '5/d', '=3/s', 'a='])('--rate %s is refused', (word) => {
    expect(rateOf([word])).toEqual({ wrong: word });
  });
});
