// npm run bench [-- --short] [-- --write]: the comparisons of docs/performance.md on this machine. --write puts them into
// that page and draws its chart; --short is what CI runs.
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measure, median, ratio } from './measure.mjs';
import { otherNodes } from './nodes.mjs';
import { writePage } from './page.mjs';

const short = process.argv.includes('--short');
const rounds = short ? 5 : 21;
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
const trust = { NODE_EXTRA_CA_CERTS: at.ca, AWS_CA_BUNDLE: at.ca };
const lines = [];
const goals = [];

try {
  say(
    `${cpus().length} × ${cpus()[0].model}, ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform} ${process.arch}, Node ${process.version}.`,
  );
  say(`Medians of ${rounds} interleaved rounds; ratios are medians of the ratios round by round.\n`);
  const http = scenario('http', { endpoint_url: at.http }, {}, directContenders);
  goal('bundle, http, to `node -e 0`', http, 'bundle', 'node -e 0', 1.75);
  goal('executable, http, to `node -e 0`', http, 'executable', 'node -e 0', 1.0);
  goal('peak memory of the bundle, small run, to `node -e 0`', http, 'bundle', 'node -e 0', 1.2, 'peak');
  const https = scenario('https', { endpoint_url: at.https }, trust, directContenders);
  goal('executable, https, to `node -e 0`', https, 'executable', 'node -e 0', 1.05);
  scenario('http through a proxy', { endpoint_url: at.http, use_proxy: true, proxy: at.proxy }, {}, proxiedContenders);
  const role = {
    ...{ endpoint_url: at.https, sts_endpoint_url: at.https, role_based_access: true },
    ...{ role_arn: 'arn:aws:iam::123456789012:role/bench', use_proxy: true },
    ...{ proxy: at.tlsProxy, proxy_ca_bundle_file: at.ca },
  };
  const assumed = scenario('assumed role, https through a TLS proxy', role, trust, proxiedContenders);
  goal('assumed role through a TLS proxy, bundle, to `node -e 0`', assumed, 'bundle', 'node -e 0', 3.2);
  goal('assumed role through a TLS proxy, executable, to `node -e 0`', assumed, 'executable', 'node -e 0', 1.5);
  sixMegabytes(http);
  nodes();
  await inProcess();
  sayGoals();
  if (process.argv.includes('--write')) writePage(lines.join('\n'), http, https);
} finally {
  endpoints.stdin.end();
  rmSync(folder, { recursive: true });
}

function say(line) {
  lines.push(line);
  console.log(line);
}

function directContenders(file, fields) {
  const curl = ['curl', '-s', '--aws-sigv4', 'aws:amz:us-east-1:lambda', '-u', 'local:local-secret', '--cacert', at.ca];
  const path = '/2015-03-31/functions/hello/invocations';
  const aws = ['aws', '--endpoint-url', fields.endpoint_url, 'lambda', 'invoke', '--function-name', 'hello'];
  return {
    'node -e 0': [process.execPath, '-e', '0'],
    'raw node request': [process.execPath, `${root}bench/raw.mjs`, file],
    ...proxiedContenders(file),
    'bundle, no cache': [process.execPath, `${uncached}/main.cjs`, 'run', '--fields', file],
    ...(answers('curl', ['--version']) && {
      'curl --aws-sigv4': [...curl, '-X', 'POST', `${fields.endpoint_url}${path}`],
    }),
    ...(!short && answers('aws', ['--version']) && { 'aws lambda invoke': [...aws, `${folder}/aws.out`] }),
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
    env: { ...keys, ...(name.endsWith('-e 0') ? {} : env) },
  }));
  const figures = measure(contenders, rounds, folder);
  const [floor] = figures;
  say(`| ${title} | wall ms | cpu ms | peak MB | to \`node -e 0\` | to boto3 |\n|---|---|---|---|---|---|`);
  const byName = Object.fromEntries(contenders.map(({ name }, index) => [name, figures[index]]));
  for (const [name, all] of Object.entries(byName)) {
    const cells = ['wall', 'cpu', 'peak'].map((figure) =>
      median(all.map((entry) => entry[figure])).toFixed(figure === 'wall' ? 1 : 0),
    );
    const toBoto3 = byName.boto3 ? ratio(all, byName.boto3, 'wall').toFixed(3) : '';
    say(`| ${name} | ${cells.join(' | ')} | ${ratio(all, floor, 'wall').toFixed(2)} | ${toBoto3} |`);
  }
  say('');
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
  goal('6 MB both ways, bundle, to boto3', big, 'bundle', 'boto3', 0.4);
  goal('6 MB both ways, executable, to boto3', big, 'executable', 'boto3', 0.28);
  const peak = (all) => median(all.map((entry) => entry.peak));
  goals.push({
    what: '6 MB both ways: peak memory over a small run, MB',
    ...{ value: peak(big.bundle) - peak(http.bundle), limit: 60 },
  });
}

/** The bundle on other versions of Node, each against its own empty run. The first round fills the bundle's cache. */
function nodes() {
  for (const [version, node] of Object.entries(otherNodes(short))) {
    const contendersOf = (file) => ({
      [`node ${version} -e 0`]: [node, '-e', '0'],
      [`bundle on Node ${version}`]: [node, `${root}dist/main.cjs`, 'run', '--fields', file],
    });
    const http = scenario(`http, Node ${version}`, { endpoint_url: at.http }, {}, contendersOf);
    scenario(`https, Node ${version}`, { endpoint_url: at.https }, trust, contendersOf);
    const limit = version === '22' ? 1.6 : undefined;
    const [empty, bundle] = Object.keys(http);
    if (limit) goal(`bundle, http, Node ${version}, to its own \`node -e 0\``, http, bundle, empty, limit);
  }
}

async function inProcess() {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  const { concurrency, sizes } = await import('./in-process.mjs');
  const rows = await concurrency(at.http, short ? { rounds: 3, calls: 300 } : { rounds: 7, calls: 1500 });
  const names = Object.keys(rows[0].figures);
  const each = (figures, figure) => median(figures.map((entry) => entry[figure]));
  const toSdk = (figures) => ratio(figures['this library'], figures['bare SDK'], 'rate');
  say(
    `| in one process: calls/s (cpu ms a call) | ${names.join(' | ')} | library to SDK, calls/s |\n|---|---|---|---|---|`,
  );
  for (const { concurrent, figures } of rows) {
    const cells = names.map(
      (name) => `${each(figures[name], 'rate').toFixed(0)} (${each(figures[name], 'cpu').toFixed(2)})`,
    );
    say(`| ${concurrent} at once | ${cells.join(' | ')} | ${toSdk(figures).toFixed(2)} |`);
  }
  const { figures } = rows.find(({ concurrent }) => concurrent === 16);
  goals.push({ what: 'in process, 16 at once, calls/s to the bare SDK client', value: toSdk(figures), atLeast: 2 });
  say(`\n| in one process: ms a call, both ways | ${names.join(' | ')} | resident MB |\n|---|---|---|---|---|`);
  for (const { bytes, medians, resident } of await sizes(at.http, { rounds: short ? 5 : 15 })) {
    say(
      `| ${bytes / 1024} KB | ${names.map((name) => medians[name].toFixed(1)).join(' | ')} | ${resident.toFixed(0)} |`,
    );
  }
  say('');
}

function goal(what, byName, a, b, limit, figure = 'wall') {
  if (byName[a] && byName[b]) goals.push({ what, value: ratio(byName[a], byName[b], figure), limit });
}

/** Says which goals are held. A missed one fails nothing: CI runs on noisy machines. */
function sayGoals() {
  say('| goal | wanted | measured | |\n|---|---|---|---|');
  for (const { what, value, limit, atLeast } of goals) {
    const wanted = limit === undefined ? `at least ${atLeast}` : `at most ${limit}`;
    const held = limit === undefined ? value >= atLeast : value <= limit;
    say(`| ${what} | ${wanted} | ${value.toFixed(value >= 10 ? 1 : 2)} | ${held ? 'held' : 'missed'} |`);
  }
}

function answers(program, words) {
  try {
    execFileSync(program, words, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
