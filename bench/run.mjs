// npm run bench [-- --short]: the comparisons of the README, on the machine at hand, as one table.
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measure, median, ratio } from './measure.mjs';

const short = process.argv.includes('--short');
const root = fileURLToPath(new URL('../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'ue-aws-lambda-bench-'));
const endpoints = spawn(process.execPath, [`${root}bench/endpoints.mjs`, folder], {
  stdio: ['pipe', 'pipe', 'inherit'],
});
const at = JSON.parse(await new Promise((resolve) => endpoints.stdout.once('data', resolve)));

const executable = `${root}dist/ue-aws-lambda-${process.platform}-${process.arch}`;
const python = ['/usr/bin/python3', 'python3'].find((name) => answers(name, ['-c', 'import boto3']));
const uncached = withoutCache();
const keys = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local-secret', AWS_DEFAULT_REGION: 'us-east-1' };
const goals = [];

try {
  console.log(
    `# ${cpus().length} × ${cpus()[0].model}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}, ${process.platform} ${process.arch}`,
  );
  console.log(`# medians of ${short ? 5 : 15} interleaved rounds; ratios are medians of the ratios round by round\n`);
  const trust = { NODE_EXTRA_CA_CERTS: at.ca, AWS_CA_BUNDLE: at.ca };
  const http = scenario('http', { endpoint_url: at.http }, {}, directContenders);
  goal('bundle with cache, http, to `node -e 0`', http, 'bundle', 'node -e 0', 2.4);
  goal('bundle with cache, http, to boto3', http, 'bundle', 'boto3', 0.18);
  goal('executable, http, to `node -e 0`', http, 'executable', 'node -e 0', 1.3);
  goal('executable, http, to boto3', http, 'executable', 'boto3', 0.09);
  goal('peak memory of the bundle, small run, to `node -e 0`', http, 'bundle', 'node -e 0', 1.35, 'peak');
  scenario('https', { endpoint_url: at.https }, trust, directContenders);
  scenario('http through a proxy', { endpoint_url: at.http, use_proxy: true, proxy: at.proxy }, {}, proxiedContenders);
  const role = {
    ...{ endpoint_url: at.https, sts_endpoint_url: at.https, role_based_access: true },
    ...{
      role_arn: 'arn:aws:iam::123456789012:role/bench',
      use_proxy: true,
      proxy: at.tlsProxy,
      proxy_ca_bundle_file: at.ca,
    },
  };
  const assumed = scenario('assumed role, https through a TLS proxy', role, trust, proxiedContenders);
  goal('assumed role through a TLS proxy, bundle, to boto3', assumed, 'bundle', 'boto3', 0.4);
  sixMegabytes(http);
  await inProcess();
  printGoals();
} finally {
  endpoints.stdin.end();
  rmSync(folder, { recursive: true });
}

function directContenders(file, fields) {
  const curl = [
    'curl',
    '-s',
    '--aws-sigv4',
    'aws:amz:us-east-1:lambda',
    '-u',
    'local:local-secret',
    '--cacert',
    at.ca,
    '-X',
    'POST',
  ];
  return {
    'node -e 0': [process.execPath, '-e', '0'],
    'raw node request': [process.execPath, `${root}bench/raw.mjs`, file],
    ...proxiedContenders(file),
    'bundle, no cache': [process.execPath, `${uncached}/main.cjs`, 'run', '--fields', file],
    ...(answers('curl', ['--version']) && {
      'curl --aws-sigv4': [...curl, `${fields.endpoint_url}/2015-03-31/functions/hello/invocations`],
    }),
    ...(!short &&
      answers('aws', ['--version']) && {
        'aws lambda invoke': [
          'aws',
          '--endpoint-url',
          fields.endpoint_url,
          'lambda',
          'invoke',
          '--function-name',
          'hello',
          `${folder}/aws.out`,
        ],
      }),
  };
}

function proxiedContenders(file) {
  return {
    'node -e 0': [process.execPath, '-e', '0'],
    bundle: [process.execPath, `${root}dist/main.cjs`, 'run', '--fields', file],
    ...(existsSync(executable) && { executable: [executable, 'run', '--fields', file] }),
    ...(python && { boto3: [python, `${root}bench/boto3_task.py`, file] }),
  };
}

/** Measures all contenders at one task, prints their rows and gives back the figures by name. */
function scenario(title, over, env, contendersOf) {
  const file = join(folder, 'fields.json');
  const fields = { ...base(), ...over };
  writeFileSync(file, JSON.stringify(fields));
  const contenders = Object.entries(contendersOf(file, fields)).map(([name, command]) => ({
    ...{ name, command },
    env: { ...keys, ...(name === 'node -e 0' ? {} : env) },
  }));
  const figures = measure(contenders, short ? 5 : 15, folder);
  const [floor] = figures;
  console.log(`| ${title} | wall ms | cpu ms | peak MB | to \`node -e 0\` | to boto3 |\n|---|---|---|---|---|---|`);
  const byName = Object.fromEntries(contenders.map(({ name }, index) => [name, figures[index]]));
  for (const [name, all] of Object.entries(byName)) {
    const cells = ['wall', 'cpu', 'peak'].map((figure) =>
      median(all.map((entry) => entry[figure])).toFixed(figure === 'wall' ? 1 : 0),
    );
    const toBoto3 = byName.boto3 ? ratio(all, byName.boto3, 'wall').toFixed(3) : '';
    console.log(`| ${name} | ${cells.join(' | ')} | ${ratio(all, floor, 'wall').toFixed(2)} | ${toBoto3} |`);
  }
  console.log('');
  return byName;
}

function base() {
  const credentials = { user: 'local', password: 'local-secret' };
  return { function_name: 'hello', region: 'us-east-1', log_type: 'Tail', credentials };
}

/** A copy of the bundle with a file where its cache would be. */
function withoutCache() {
  const copy = join(folder, 'dist');
  cpSync(`${root}dist`, copy, { recursive: true, filter: (path) => !/cache$|linux|windows|library|types/.test(path) });
  writeFileSync(join(copy, 'cache'), '');
  return copy;
}

function sixMegabytes(http) {
  const payload = join(folder, 'payload.json');
  const bytes = 6 * 2 ** 20;
  writeFileSync(payload, `"${'x'.repeat(bytes - 2)}"`);
  const over = {
    endpoint_url: at.http,
    function_name: `answer-${bytes}`,
    payload_source: 'File',
    payload_file: payload,
  };
  const big = scenario('6 MB payload and 6 MB answer, http', over, {}, proxiedContenders);
  const peak = (all) => median(all.map((entry) => entry.peak));
  goals.push({
    what: '6 MB both ways: peak memory over a small run, MB',
    value: peak(big.bundle) - peak(http.bundle),
    limit: 60,
  });
}

async function inProcess() {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  const { concurrency, sizes } = await import('./in-process.mjs');
  const rows = await concurrency(at.http, short ? { rounds: 3, calls: 300 } : { rounds: 7, calls: 1500 });
  const names = Object.keys(rows[0].figures);
  const each = (figures, figure) => median(figures.map((entry) => entry[figure]));
  console.log(
    `| in one process: calls/s (cpu ms a call) | ${names.join(' | ')} | library to SDK, cpu |\n|---|---|---|---|---|`,
  );
  for (const { concurrent, figures } of rows) {
    const cells = names.map(
      (name) => `${each(figures[name], 'rate').toFixed(0)} (${each(figures[name], 'cpu').toFixed(2)})`,
    );
    console.log(
      `| ${concurrent} at once | ${cells.join(' | ')} | ${ratio(figures['this library'], figures['bare SDK'], 'cpu').toFixed(2)} |`,
    );
  }
  const one = rows.find(({ concurrent }) => concurrent === 16).figures;
  goals.push({
    what: 'in process, CPU a call, to the bare SDK call',
    value: ratio(one['this library'], one['bare SDK'], 'cpu'),
    limit: 1.15,
  });
  console.log(`\n| in one process: ms a call, both ways | ${names.join(' | ')} | resident MB |\n|---|---|---|---|---|`);
  for (const { bytes, medians, resident } of await sizes(at.http, { rounds: short ? 5 : 15 })) {
    console.log(
      `| ${bytes / 1024} KB | ${names.map((name) => medians[name].toFixed(1)).join(' | ')} | ${resident.toFixed(0)} |`,
    );
  }
  console.log('');
}

function goal(what, byName, a, b, limit, figure = 'wall') {
  if (byName[a] && byName[b]) goals.push({ what, value: ratio(byName[a], byName[b], figure), limit });
}

/** CI runs on noisy machines, so the short form fails only where the bundle is slower than twice its goal. */
function printGoals() {
  console.log('| goal | at most | measured | |\n|---|---|---|---|');
  for (const { what, value, limit } of goals) {
    console.log(
      `| ${what} | ${limit} | ${value.toFixed(limit >= 10 ? 1 : 3)} | ${value <= limit ? 'held' : 'missed'} |`,
    );
  }
  const [start] = goals;
  if (short && start.value > 2 * start.limit) process.exitCode = 1;
}

function answers(program, words) {
  try {
    execFileSync(program, words, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
