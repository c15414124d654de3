// Many invokes in one process, against a server in another: raw node:http, the bare SDK, and this package's library.
import http from 'node:http';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { execute, processPorts, sharedSessions } from '../dist/index.js';
import { median } from './measure.mjs';

const credentials = { accessKeyId: 'local', secretAccessKey: 'local-secret' };
const silent = { error() {}, warn() {}, info() {}, debug() {} };

function contendersAt(url, name, payload) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  const sdk = new LambdaClient({
    region: 'us-east-1',
    endpoint: url,
    credentials,
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler({ httpAgent: agent }),
  });
  const sessions = sharedSessions();
  const { openSession } = sessions;
  const fields = {
    function_name: name,
    region: 'us-east-1',
    endpoint_url: url,
    credentials: { user: 'local', password: 'local-secret' },
    ...(payload && { payload_source: 'Script', payload_script: payload }),
  };
  const bytes = payload && Buffer.from(payload);
  return {
    'raw node:http': () => post(agent, `${url}/2015-03-31/functions/${name}/invocations`, bytes),
    'bare SDK': async () =>
      (await sdk.send(new InvokeCommand({ FunctionName: name, Payload: bytes }))).Payload.transformToString(),
    'this library': async () => {
      const { signal } = new AbortController(); // each task can be cancelled by itself
      const { status } = await execute(fields, { ...processPorts, openSession, log: silent, signal });
      if (status !== 'SUCCESS') throw new Error(status);
    },
    close: () => {
      sdk.destroy();
      sessions.close();
    },
  };
}

function post(agent, url, body) {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method: 'POST', agent }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve(Buffer.concat(chunks).toString()));
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** Calls a second and CPU milliseconds a call, for so many calls with so many under way at once. */
async function load(call, calls, concurrency) {
  let left = calls;
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      await call();
    }
  };
  const cpu = process.cpuUsage();
  const begin = process.hrtime.bigint();
  await Promise.all(Array.from({ length: concurrency }, worker));
  const wall = Number(process.hrtime.bigint() - begin) / 1e6;
  const { user, system } = process.cpuUsage(cpu);
  return { rate: (calls / wall) * 1000, cpu: (user + system) / 1000 / calls };
}

/** Rows of the table of concurrency. */
export async function concurrency(url, { rounds, calls }) {
  const { close, ...contenders } = contendersAt(url, 'hello');
  const rows = [];
  for (const call of Object.values(contenders)) await load(call, calls, 16); // warm
  for (const concurrent of [1, 16, 64, 256]) {
    const figures = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (const [name, call] of Object.entries(contenders)) figures[name].push(await load(call, calls, concurrent));
    }
    rows.push({ concurrent, figures });
  }
  close();
  return rows;
}

/** Rows of the table of sizes: milliseconds a call, with the payload and the answer of that size. */
export async function sizes(url, { rounds }) {
  const rows = [];
  for (const bytes of [2 ** 10, 2 ** 16, 2 ** 20, 6 * 2 ** 20]) {
    const { close, ...contenders } = contendersAt(url, `answer-${bytes}`, `"${'x'.repeat(bytes - 2)}"`);
    const times = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
    for (let round = -1; round < rounds; round += 1) {
      for (const [name, call] of Object.entries(contenders)) {
        const begin = process.hrtime.bigint();
        await call();
        if (round >= 0) times[name].push(Number(process.hrtime.bigint() - begin) / 1e6);
      }
    }
    const medians = Object.entries(times).map(([name, all]) => [name, median(all)]);
    rows.push({ bytes, medians: Object.fromEntries(medians), resident: process.memoryUsage.rss() / 2 ** 20 });
    close();
  }
  return rows;
}
