/**
 * Starts Node-RED with the AWS Lambda nodes, an example flow and the local Lambda endpoint, on the loopback, in a folder
 * of its own, and prints the URL. Ctrl-C ends it all.
 *
 *   node build/dev/editor.mjs [--port 1880] [--lambda-port 9001] [--folder test-output/node-red] [--node-red FOLDER]
 *     [--permissions flows.read,flows.write]
 *
 * `--node-red` names a folder in which another version of Node-RED is installed; `--permissions` are those of a user who has not
 * logged in, separated by commas, where Node-RED is to ask for a login.
 */
import { cp, mkdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { rolldown } from 'rolldown';
import { bundleNodeRed } from '../bundle/node-red.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const host = '127.0.0.1';
/** Distinguishes the example's connection from those of the user. */
const marker = 'The loopback endpoint of npm run editor';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '1880' },
    'lambda-port': { type: 'string', default: '9001' },
    folder: { type: 'string', default: join(root, 'test-output/node-red') },
    'node-red': { type: 'string', default: root },
    permissions: { type: 'string' },
  },
});
const folder = resolve(values.folder);

const { local, url, stop } = await start().catch((error) => {
  console.error(error.message);
  process.exit(1);
});

console.log(`Node-RED with the AWS Lambda nodes: ${url}`);
console.log(`Local Lambda endpoint: ${local.url} (keys local / local-secret)`);
console.log(`Folder: ${folder}. Ctrl-C ends both.`);

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, end);

async function start() {
  await installNodes();
  const local = await startLocalEndpoint();
  const nodeRed = await startNodeRed();
  await offerExample(nodeRed.url, local.url);
  return { local, ...nodeRed };
}

async function end() {
  await stop();
  await local.close();
  process.exit(0);
}

/** Puts the package where `npm install ue-aws-lambda` in that folder would. */
async function installNodes() {
  const to = join(folder, 'node_modules/ue-aws-lambda');
  await mkdir(to, { recursive: true });
  await cp(join(root, 'package.json'), join(to, 'package.json'));
  await cp(join(root, 'examples/flows'), join(to, 'examples/flows'), { recursive: true });
  await bundleNodeRed(join(to, 'dist/node-red'));
}

async function startLocalEndpoint() {
  const file = join(folder, 'local-endpoint.mjs');
  const bundle = await rolldown({ input: join(root, 'local/server.ts'), platform: 'node', cwd: root });
  await bundle.write({ file, format: 'esm', codeSplitting: false });
  await bundle.close();
  const { startLocal } = await import(pathToFileURL(file).href);
  return startLocal({
    directory: join(root, 'examples/functions'),
    port: Number(values['lambda-port']),
    runtimeFile: join(root, 'local/lambda-runtime.mjs'),
  }).catch(({ message }) => {
    throw new Error(message.replaceAll('--port', '--lambda-port'));
  });
}

async function startNodeRed() {
  const RED = createRequire(join(resolve(values['node-red']), 'package.json'))('node-red');
  const server = createServer((request, response) => RED.httpAdmin(request, response));
  const port = await listen(server, Number(values.port));
  RED.init(server, {
    ...{
      userDir: folder,
      flowFile: 'flows.json',
      uiHost: host,
      uiPort: port,
      httpAdminRoot: '/',
      httpNodeRoot: '/nodes',
    },
    ...(values.permissions && { adminAuth: loginExcept(values.permissions.split(',')) }),
    logging: { console: { level: 'error', metrics: false, audit: false } },
    // Nothing here needs the network.
    telemetry: { enabled: false, updateNotification: false },
    externalModules: { palette: { allowInstall: false } },
    editorTheme: { tours: false, palette: { catalogues: [] } },
  });
  await RED.start();
  const stop = async () => {
    await RED.stop();
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  };
  return { url: `http://${host}:${port}/`, stop };
}

function loginExcept(permissions) {
  return { type: 'credentials', users: [], default: { permissions } };
}

function listen(server, port) {
  return new Promise((done, fail) => {
    server.once('error', ({ code, message }) => {
      fail(new Error(code === 'EADDRINUSE' ? `Port ${port} is in use; choose another with --port.` : message));
    });
    server.listen(port, host, () => done(server.address().port));
  });
}

/** Deploys the example on the first start; later ones only point its connection to the endpoint of this run. */
async function offerExample(url, endpointUrl) {
  const headers = { 'content-type': 'application/json', 'node-red-api-version': 'v2' };
  const current = await loadedFlows(url, headers);
  const mine = ({ type }) => type === 'connected.awslambda.connection';
  const known = current.flows.some(mine);
  if (!known && current.flows.some(({ type }) => type === 'tab')) return;
  const flows = known
    ? current.flows
    : JSON.parse(await readFile(join(root, 'examples/flows/first steps.json'), 'utf8'));
  const pointed = flows.map((node) => {
    if (!mine(node) || (known && !isLocal(node))) return node;
    const keys = known ? {} : { credentials: { accessKeyId: 'local', secretAccessKey: 'local-secret' } };
    return { ...node, name: 'Local endpoint', description: marker, endpointUrl, ...keys };
  });
  const body = JSON.stringify({ flows: pointed, rev: current.rev });
  const answer = await fetch(`${url}flows`, { method: 'POST', headers, body });
  if (!answer.ok) throw new Error(`The example could not be deployed: ${await answer.text()}`);
}

/** Node-RED has started before it has read its flows. */
async function loadedFlows(url, headers) {
  for (;;) {
    const flows = await (await fetch(`${url}flows`, { headers })).json();
    if (flows !== null) return flows;
    await sleep(50);
  }
}

function isLocal({ description }) {
  return description === marker;
}
