// Runs tests of one mutant after the other, in this process. It is told which, and says how each mutant ended.
import { readFileSync } from 'node:fs';
import { register } from 'node:module';
import { collect } from './globals.mjs';

const [planFile] = process.argv.slice(2);
const plan = JSON.parse(readFileSync(planFile, 'utf8'));
const root = new URL('../../../', import.meta.url).href;
register('./hooks.mjs', import.meta.url, { data: { edits: plan.edits, shared: plan.shared } });

/** Milliseconds after which a test is too slow to be asked about each mutant. */
const slowest = 10_000;

let hits = null;
globalThis.__hit = (probe) => hits?.add(probe);

process.on('uncaughtException', (error) => end({ failed: 'an uncaught exception', why: String(error), broken: true }));
process.on('unhandledRejection', (error) =>
  end({ failed: 'an unhandled rejection', why: String(error), broken: true }),
);
process.on('disconnect', () => process.exit());
process.on('message', ({ id, tests, limits }) => (tests === null ? probe(id) : run(id, tests, limits)));

/** Runs every test, and says which probes each has passed and how long it took. */
async function probe(id) {
  const tests = [];
  const opened = new Set();
  for (const { name, file, entry } of await collected(id, plan.suites)) {
    hits = new Set();
    const started = performance.now();
    const fault = await within(slowest, runOne(entry, opened));
    const took = performance.now() - started;
    tests.push({ name, file, took, hits: [...hits], fault: fault?.why ?? null });
    hits = null;
  }
  await within(slowest, close(opened));
  end({ tests });
}

async function run(id, names, limits) {
  const files = new Set(names.map((name) => name.split('\n')[0]));
  let all;
  try {
    all = await collected(
      id,
      plan.suites.filter(({ file }) => files.has(file)),
    );
  } catch (error) {
    end({ failed: 'loading the tests', why: String(error) });
    return;
  }
  const byName = new Map(all.map((test) => [test.name, test]));
  const opened = new Set();
  for (const [index, name] of names.entries()) {
    const test = byName.get(name);
    if (test === undefined) continue;
    process.send({ at: name, limit: limits[index] });
    const fault = await within(limits[index], runOne(test.entry, opened));
    if (fault !== null) {
      if (!fault.late) await within(2000, close(opened));
      end({ failed: name, why: fault.why, broken: fault.late });
      return;
    }
  }
  await within(2000, close(opened));
  end({ failed: null });
}

/** Null when it ends well and in time. */
async function within(limit, promise) {
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(() => resolve({ late: true, why: `not ended after ${limit} ms` }), limit);
  });
  const fault = promise.then(
    () => null,
    (error) => ({ late: false, why: String(error?.message ?? error) }),
  );
  const result = await Promise.race([late, fault]);
  clearTimeout(timer);
  return result;
}

async function collected(id, suites) {
  const all = [];
  for (const { file, only } of suites) {
    const pattern = new RegExp(only ?? '');
    const entries = await collect(() => import(`${root}${file}?mutant=${id}`));
    const seen = new Map();
    for (const entry of entries) {
      if (!pattern.test(entry.name)) continue;
      const nth = (seen.get(entry.name) ?? 0) + 1;
      seen.set(entry.name, nth);
      all.push({ name: `${file}\n${entry.name}${nth === 1 ? '' : ` #${nth}`}`, file, entry });
    }
  }
  return all;
}

async function runOne({ body, scope }, opened) {
  const scopes = [];
  for (let one = scope; one !== null; one = one.parent) scopes.unshift(one);
  for (const one of scopes) {
    if (one.begun === null) {
      opened.add(one);
      one.begun = (async () => {
        for (const hook of one.beforeAll) await hook();
      })();
    }
    await one.begun;
  }
  try {
    for (const one of scopes) for (const hook of one.beforeEach) await hook();
    await body();
  } finally {
    for (const one of scopes.reverse()) for (const hook of one.afterEach) await hook();
  }
}

async function close(opened) {
  for (const one of [...opened].reverse()) for (const hook of one.afterAll) await hook();
}

function end(result) {
  process.send({ end: result });
}

process.send({ ready: true });
