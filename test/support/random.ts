/** Picks at random, the same for the same seed. The seed is printed, and can be given as SEED. */
export function random(seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))) {
  let state = seed;
  process.stderr.write(`SEED=${seed}\n`);

  /** A number from 0 up to, but not including, 1: mulberry32, a public-domain generator. */
  function next(): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  return {
    number: (below: number) => Math.floor(next() * below),
    of: <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)] as T,
  };
}
