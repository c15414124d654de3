// Measures a worker of the fleet against the bare SDK client's loop, in rounds that alternate, and against the engine alone.
// Sizes by variables: ROUNDS, JOBS, CONCURRENCY, SLOW_JOBS, SLOW_CONCURRENCY, QUEUED, DURABLE, DURABLE_ENDS (a second),
// DURABLE_SECONDS (that are watched once all wait); PARTS chooses.
// Needs Node 24 and PostgreSQL's programs. Run by `npm run bench:fleet`.
import { fork, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openDatabase } from '../extension/hosts/fleet/database/open.ts';
import { ensureQueue, refreshStatistics } from '../extension/hosts/fleet/database/queue.ts';
import { toJobData } from '../extension/hosts/fleet/job/data.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { median } from './measure.mjs';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const number = (name, otherwise) => Number(process.env[name] ?? otherwise);
const sizes = {
  rounds: number('ROUNDS', 3),
  jobs: number('JOBS', 20_000),
  concurrency: number('CONCURRENCY', 64),
  slowJobs: number('SLOW_JOBS', 5120),
  slowConcurrency: number('SLOW_CONCURRENCY', 256),
  queued: number('QUEUED', 100_000),
  durable: number('DURABLE', 10_000),
  durableEnds: number('DURABLE_ENDS', 4),
  durableSeconds: number('DURABLE_SECONDS', 120),
};
const parts = (process.env.PARTS ?? 'instant,embedded,slow,queued,durable').split(',');
const silent = { error() {}, warn() {}, info() {}, debug() {} };
const keys = { BENCH_ACCESS_KEY_ID: 'local', BENCH_SECRET_ACCESS_KEY: 'local-secret' };
const environment = { PATH: process.env.PATH, HOME: process.env.HOME, AWS_EC2_METADATA_DISABLED: 'true', ...keys };

const longest = (sizes.durable / sizes.durableEnds) * 1000;
const server = fork(here('./fleet-server.mjs'), {
  stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  env: { ...environment, DURABLE_MS: `0-${longest}` },
});
const endpoint = await new Promise((resolve) => server.stdout.once('data', (text) => resolve(String(text).trim())));
const ask = async (path) => (await fetch(`${endpoint}${path}`)).json();
const embeddedFolder = mkdtempSync(join(tmpdir(), 'fleet-bench-'));
const postgres = await startPostgres({ settings: { shared_buffers: '256MB' } });
const bases = {
  postgres: { args: ['--database', postgres.url], open: () => openDatabase({ url: postgres.url }, {}, silent) },
  embedded: {
    args: ['--database', `embedded:${embeddedFolder}`],
    open: () => openDatabase({ url: `embedded:${embeddedFolder}` }, {}, silent),
  },
};

const fieldsOf = (name, more = {}) => ({
  function_name: name,
  region: 'us-east-1',
  endpoint_url: endpoint,
  credentials: { from: 'env:BENCH' },
  payload_source: 'Script',
  payload_script: '{"id":1}',
  ...more,
});

async function submit(base, queue, count, fields) {
  const database = await base.open();
  await ensureQueue(database, queue);
  for (let at = 0; at < count; at += 5000) {
    const jobs = Array.from({ length: Math.min(5000, count - at) }, () => {
      const id = randomUUID();
      return { id, data: toJobData(fields, { group: id }) };
    });
    await database.boss.insert(queue, jobs);
  }
  await refreshStatistics(database); // as `submit --each` does
  await database.close();
}

/** Runs a worker until its queue is empty, or `watch`, which sees it once a second, says that it is enough. */
async function work(base, queue, concurrency, watch = () => false) {
  const words = ['worker', ...base.args, '--queue', queue, '--concurrency', String(concurrency), '--until-empty'];
  const child = spawn(process.execPath, [here('../dist/main.cjs'), ...words, '--log-level', 'error'], {
    env: environment,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const timer = setInterval(async () => {
    if (await watch(child.pid)) child.kill('SIGKILL');
  }, 1000);
  const code = await new Promise((resolve) => child.on('close', resolve));
  clearInterval(timer);
  if (code !== 0 && code !== null) throw new Error(`the worker ended with ${code}`);
}

function run(file, ...args) {
  const child = spawn(process.execPath, ['--no-warnings', here(file), ...args.map(String)], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve) => child.stdout.once('data', (text) => resolve(Number(text))));
}

const measured = async (action) => {
  await ask('/reset');
  await action();
  const { calls, first, last } = await ask('/stats');
  return { calls, rate: (calls / (last - first)) * 1000 };
};

const megabytes = (pid) => {
  const line = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Math.round(Number(line?.[1] ?? 0) / 1024); // 0 once it has ended
};

const say = (text) => process.stdout.write(`${text}\n`);
const load = () => `load ${loadavg()[0].toFixed(1)}`;
const plain = (value) => Math.round(value).toLocaleString('en');

async function against(title, baseName, name, jobs, concurrency, ideal) {
  const rates = { sdk: [], worker: [], noop: [] };
  for (let round = 0; round < sizes.rounds; round += 1) {
    const queue = `bench-${randomUUID().slice(0, 8)}`;
    const base = bases[baseName];
    await submit(base, queue, jobs, fieldsOf(name));
    rates.sdk.push((await measured(() => run('./fleet-sdk.mjs', endpoint, name, jobs, concurrency))).rate);
    rates.worker.push((await measured(() => work(base, queue, concurrency))).rate);
    if (baseName !== 'postgres') continue;
    await submit(base, `${queue}-noop`, jobs, fieldsOf(name));
    rates.noop.push(await run('./fleet-noop.mjs', postgres.url, `${queue}-noop`, jobs, concurrency));
  }
  const [sdk, worker] = [median(rates.sdk), median(rates.worker)];
  const share = ideal === undefined ? '' : `, ${((worker / ideal) * 100).toFixed(0)} % of the ideal ${plain(ideal)}/s`;
  const engine = rates.noop.length > 0 ? `; the engine alone ${plain(median(rates.noop))}/s` : '';
  say(
    `${title}: worker ${plain(worker)}/s, bare SDK ${plain(sdk)}/s, ratio ${(worker / sdk).toFixed(2)}${share}${engine} (${load()})`,
  );
}

const all = {
  instant: () =>
    against(`instant, ${sizes.concurrency} at once, PostgreSQL`, 'postgres', 'instant', sizes.jobs, sizes.concurrency),
  embedded: () =>
    against(`instant, ${sizes.concurrency} at once, embedded`, 'embedded', 'instant', sizes.jobs, sizes.concurrency),
  slow: () => {
    const { slowJobs, slowConcurrency } = sizes;
    return against(
      `1 s, ${slowConcurrency} at once`,
      'postgres',
      'wait-1000',
      slowJobs,
      slowConcurrency,
      slowConcurrency,
    );
  },
  async queued() {
    const memory = [];
    await submit(bases.postgres, 'bench-queued', sizes.queued, fieldsOf('instant'));
    const watch = (pid) => memory.push(megabytes(pid)) < 0;
    const { calls, rate } = await measured(() => work(bases.postgres, 'bench-queued', 128, watch));
    const at = (share) => memory[Math.floor((memory.length - 1) * share)];
    const samples = [0.1, 0.25, 0.5, 0.75, 1].map(at).join(', ');
    say(
      `${plain(calls)} queued, 128 at once: ${plain(rate)}/s; resident MB at 10, 25, 50, 75, 100 %: ${samples} (${load()})`,
    );
  },
  async durable() {
    const fields = fieldsOf('long', { qualifier: '1', wait_for_durable_execution: true });
    await submit(bases.postgres, 'bench-durable', sizes.durable, fields);
    await ask('/reset');
    const seconds = [];
    const memory = [];
    let before = null;
    const watch = async (pid) => {
      const { reads, calls } = await ask('/stats');
      memory.push(megabytes(pid));
      if (calls < sizes.durable) return false;
      if (before === null) await ask('/late'); // what was noticed while others began is not counted
      const total = Object.values(reads).reduce((sum, count) => sum + count, 0);
      if (before !== null) seconds.push(total - before);
      before = total;
      return seconds.length >= sizes.durableSeconds;
    };
    await work(bases.postgres, 'bench-durable', sizes.durable, watch);
    const { late, open, reads } = await ask('/stats');
    const mean = seconds.reduce((sum, count) => sum + count, 0) / seconds.length;
    const sorted = late.toSorted((a, b) => a - b);
    const at = (share) => (sorted[Math.floor((sorted.length - 1) * share)] / 1000).toFixed(1);
    say(
      `${plain(sizes.durable)} durable waits, ${plain(open)} still open after ${seconds.length} s: ${mean.toFixed(1)} reads/s (most in a second ${Math.max(...seconds)}); ${late.length} ends noticed after ${at(0.5)} s at the median, ${at(0.95)} s at 95 %; reads since the start ${JSON.stringify(reads)}; resident ${Math.max(...memory)} MB (${load()})`,
    );
  },
};

for (const part of parts) {
  try {
    await all[part]();
  } catch (error) {
    say(`${part}: ${error.message}`);
  }
}
await postgres.remove();
rmSync(embeddedFolder, { recursive: true, force: true });
server.kill();
