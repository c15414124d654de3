// npm run mutation -- PATH... [--sample N] [--seed N] [--verbose]: changes the sources by one small fault at a time, and
// asks the tests of mutation/suites.mjs whether they notice it. What none notices is printed, with the score; exit 1 when
// it is below the goal. Stryker would start jest for each mutant, which takes seconds; here a mutant takes less than one.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { mutantsOf, withProbes } from './mutation/mutants.mjs';
import { Runner } from './mutation/runner.mjs';
import { shared, suites } from './mutation/suites.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'mutation-'));
/** A worker keeps every module that it has loaded: after so many mutants it is replaced. */
const mutantsPerWorker = 60;
/** Milliseconds of tests for each mutant, by how long they take without one. A survivor has met no more than these. */
const timePerMutant = 5000;
/** Percent of mutants that are noticed. */
const goal = 85;

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`mutation: ${error.message}`);
  process.exitCode = 2;
} finally {
  rmSync(folder, { recursive: true });
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { sample: { type: 'string' }, seed: { type: 'string' }, verbose: { type: 'boolean' } },
  });
  if (positionals.length === 0) throw new Error('name files or folders, for example extension/outcome');
  for (const name of ['sample', 'seed']) {
    if (values[name] !== undefined && !/^\d{1,10}$/.test(values[name]))
      throw new Error(`--${name} takes a whole number`);
  }
  const totals = { killed: 0, survived: 0, uncovered: 0 };
  const files = positionals.flatMap(sourcesOf);
  for (const [prefix, suite] of Object.entries(suites)) {
    const own = files.filter((file) => file.startsWith(prefix));
    if (own.length > 0) await judge(own, suite, values, totals);
  }
  const { killed, survived, uncovered } = totals;
  const all = killed + survived + uncovered;
  if (all === 0)
    throw new Error(
      `nothing to change in ${positionals.join(', ')}; the folders are ${Object.keys(suites).join(', ')}`,
    );
  const score = (killed / all) * 100;
  console.log(
    `\n${all} mutants: ${killed} killed, ${survived} survived, ${uncovered} that no test comes past; score ${score.toFixed(1)} %`,
  );
  return score < goal ? 1 : 0;
}

function sourcesOf(path) {
  const full = join(process.cwd(), path);
  const names = statSync(full).isDirectory()
    ? readdirSync(full, { recursive: true }).map((name) => join(full, name))
    : [full];
  return names
    .filter((name) => /\.ts$/.test(name) && !/\.(gen|d)\.ts$|\.gen\./.test(name))
    .map((name) => relative(root, name))
    .sort();
}

async function judge(files, suite, { sample, seed, verbose }, totals) {
  const { mutants, probed } = prepare(files);
  const chosen = sample === undefined ? mutants : sampleOf(mutants, Number(sample), seed);
  const edits = [probed, ...chosen.map(({ id, file, text }) => ({ id, files: { [file]: text } }))];
  const plan = join(folder, 'plan.json');
  writeFileSync(plan, JSON.stringify({ edits, shared, suites: suite }));

  const started = performance.now();
  const probing = new Runner(plan);
  const { tests, failed, why } = await probing.ask({ id: probed.id, tests: null }, 600_000);
  probing.stop();
  if (failed !== undefined) throw new Error(`the tests do not pass as it is: ${failed}: ${why}`);
  const unsound = tests.filter(({ fault }) => fault !== null);
  if (unsound.length > 0) {
    console.log(`${unsound.length} tests are left out, since they fail without a change; some need npm run build`);
    if (verbose) for (const { name, fault } of unsound) console.log(`left out  ${shown(name, 200)}: ${shown(fault)}`);
  }
  const sound = tests.filter(({ fault }) => fault === null);
  const took = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `${chosen.length} of ${mutants.length} mutants in ${files.length} files; ${sound.length} tests took ${took} s`,
  );

  let worker = null;
  let used = 0;
  const kills = new Map();
  for (const [index, mutant] of chosen.entries()) {
    const past = sound.filter(({ hits }) => mutant.probe === null || hits.includes(mutant.probe));
    const asked = affordable(past).sort((a, b) => (kills.get(b) ?? 0) - (kills.get(a) ?? 0) || a.took - b.took);
    const where = `${mutant.file}:${mutant.line}: ${shown(mutant.was)} -> ${shown(mutant.replacement)}`;
    if (asked.length === 0) {
      totals.uncovered += 1;
      console.log(`NO TEST   ${where}`);
      continue;
    }
    if (worker === null || used >= mutantsPerWorker) {
      worker?.stop();
      worker = new Runner(plan);
      used = 0;
    }
    used += 1;
    const limits = asked.map((test) => Math.ceil(test.took * 4 + 1500));
    const result = await worker.ask({ id: mutant.id, tests: asked.map(({ name }) => name), limits }, 20_000);
    if (result.broken) {
      worker.stop();
      worker = null;
    }
    if (result.failed === null) {
      totals.survived += 1;
      console.log(`SURVIVED  ${where}`);
    } else {
      totals.killed += 1;
      const killer = asked.find(({ name }) => name === result.failed);
      for (const [test, count] of kills) kills.set(test, count * 0.8);
      if (killer !== undefined) kills.set(killer, (kills.get(killer) ?? 0) + 1);
      if (verbose) console.log(`killed    ${where}  by ${shown(result.failed, 200)}: ${shown(result.why)}`);
    }
    if (index % 50 === 49) console.error(`${index + 1} of ${chosen.length}`);
  }
  worker?.stop();
}

/** As many tests as fit into the time for one mutant: those of the first files before others, the quickest of a file first. */
function affordable(tests) {
  const files = [...new Set(tests.map(({ file }) => file))];
  const ordered = files.flatMap((file) => tests.filter((test) => test.file === file).sort((a, b) => a.took - b.took));
  let left = timePerMutant;
  return ordered.filter(({ took }) => {
    const fits = took <= left;
    if (fits) left -= took;
    return fits;
  });
}

/** Every mutant with the whole text that it makes, and all files with their probes. */
function prepare(files) {
  const mutants = [];
  const probed = { id: 'probes', files: {} };
  let first = 0;
  for (const file of files) {
    const text = readFileSync(root + file, 'utf8');
    const found = mutantsOf(text);
    for (const mutant of found.mutants) {
      const changed = text.slice(0, mutant.start) + mutant.replacement + text.slice(mutant.end);
      const probe = mutant.probe === null ? null : mutant.probe + first;
      mutants.push({ ...mutant, id: String(mutants.length), file, text: changed, probe });
    }
    probed.files[file] = withProbes(text, found.probes, first);
    first += found.probes.length;
  }
  return { mutants, probed };
}

function sampleOf(mutants, size, given) {
  const seed = given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given);
  console.log(`a sample of ${size}, seed ${seed}`);
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const drawn = mutants.map((mutant) => [next(), mutant]).sort(([a], [b]) => a - b);
  return drawn
    .slice(0, size)
    .map(([, mutant]) => mutant)
    .sort((a, b) => Number(a.id) - Number(b.id));
}

function shown(text, longest = 70) {
  const line = text.replace(/\s+/g, ' ');
  return line.length > longest ? `${line.slice(0, longest - 3)}...` : line || '(nothing)';
}
