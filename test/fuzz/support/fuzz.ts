import { readFileSync } from 'node:fs';
import { test } from '@jest/globals';
import fc from 'fast-check';
import { root } from '../../support/run-program.ts';

/** The same seed gives the same inputs. It is printed, and can be given as SEED. */
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
process.stderr.write(`SEED=${seed}\n`);

/** How many inputs there are in all: without sockets, and over them. */
const totals = { 'in process': Number(process.env.FUZZ ?? 6000), sockets: Number(process.env.FUZZ_SOCKETS ?? 300) };

/** Counterexamples that were found once, by the name of their target. They are tried first. */
const kept = JSON.parse(readFileSync(`${root}test/fuzz/kept.json`, 'utf8')) as Readonly<Record<string, unknown[]>>;

/** The longest that one input may take (ms), on a busy machine. */
const patience = 20_000;

/** Tries the property on a share of all inputs. What breaks it is shrunk and shown, to be put into kept.json. */
export function fuzz<T>(
  name: string,
  kind: keyof typeof totals,
  share: number,
  input: fc.Arbitrary<T>,
  property: (input: T) => Promise<void> | void,
): void {
  const numRuns = Math.max(1, Math.round(totals[kind] * share));
  const examples = (kept[name] ?? []).map((example): [T] => [example as T]);
  test(
    `${name}: ${numRuns} inputs`,
    async () => {
      const timed = fc.asyncProperty(input, async (value) => {
        const started = performance.now();
        await property(value);
        const took = performance.now() - started;
        if (took > patience) throw new Error(`took ${Math.round(took)} ms`);
      });
      await fc.assert(timed, { seed, numRuns, examples, endOnFailure: process.env.SHRINK === 'no' });
    },
    120_000 + numRuns * 60,
  );
}
