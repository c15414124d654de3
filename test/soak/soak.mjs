// npm run soak -- [--minutes N]: one connector for a long time against a server that fails in a tenth of the calls, in every
// way that a connection can. Then memory and handles must be as flat as at the start, and both sides must count the same.

import { createServer } from 'node:net';
import { parseArgs } from 'node:util';
import { createConnector } from '../../dist/index.js';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '30' } } });
const end = Date.now() + Number(values.minutes) * 60_000;

const head = (type) =>
  `HTTP/1.1 ${type === 'Event' ? '202 Accepted' : '200 OK'}\r\nx-amzn-requestid: r\r\nx-amz-executed-version: 1\r\n`;
const whole = (type) => {
  const body = type === 'Event' ? '' : '{"ok":true}';
  return `${head(type)}content-length: ${body.length}\r\n\r\n${body}`;
};
const refusal = (status, name) =>
  `HTTP/1.1 ${status} No\r\nx-amzn-requestid: r\r\nx-amzn-errortype: ${name}\r\ncontent-length: 2\r\n\r\n{}`;

/** Whether the function ran, and what the connection does. */
const faults = [
  { ran: false, name: 'refused', do: (socket) => socket.write(refusal(403, 'AccessDeniedException')) },
  { ran: false, name: 'throttled', do: (socket) => socket.write(refusal(429, 'TooManyRequestsException')) },
  { ran: true, name: 'failed', do: (socket) => socket.write(refusal(500, 'ServiceException')) },
  { ran: true, name: 'reset', do: (socket) => socket.resetAndDestroy() },
  { ran: true, name: 'closed', do: (socket) => socket.end() },
  { ran: true, name: 'garbage', do: (socket) => socket.end('\x01\x02BANANA\r\n\r\n') },
  { ran: true, name: 'hangs', do: () => {} },
  { ran: true, name: 'drips', do: (socket) => drip(socket, 'HTTP/1.1 200 OK\r\nx-slow: a') },
  { ran: true, name: 'body reset', do: (socket, type) => cut(socket, type, () => socket.resetAndDestroy()) },
  { ran: true, name: 'body closed', do: (socket, type) => cut(socket, type, () => socket.end()) },
  { ran: true, name: 'body hangs', do: (socket, type) => cut(socket, type, () => {}) },
  { ran: true, name: 'body drips', do: (socket, type) => cut(socket, type, () => drip(socket, ' ')) },
];

function cut(socket, type, then) {
  socket.write(`${head(type)}content-length: 1000000\r\n\r\n{"ok"`);
  setTimeout(then, 20);
}

function drip(socket, text) {
  let at = 0;
  const timer = setInterval(() => socket.write(text.charAt(Math.min(at++, text.length - 1))), 50);
  socket.once('close', () => clearInterval(timer));
}

const sockets = new Set();
const seen = { requests: 0, ran: 0, byFault: {} };
const server = createServer((socket) => {
  sockets.add(socket);
  socket.on('error', () => {}).once('close', () => sockets.delete(socket));
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    const at = text.indexOf('\r\n\r\n');
    if (at < 0) return;
    const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
    if (text.length < at + 4 + length) return;
    const type = /x-amz-invocation-type: (\w+)/i.exec(text)?.[1];
    text = '';
    seen.requests += 1;
    const fault = seen.requests % 10 === 0 ? faults[(seen.requests / 10) % faults.length] : null;
    if (fault === null || fault.ran) seen.ran += 1;
    if (fault === null) return socket.write(whole(type));
    seen.byFault[fault.name] = (seen.byFault[fault.name] ?? 0) + 1;
    fault.do(socket, type);
  });
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

const lambda = createConnector({
  ...{ id: 'soak', name: 'soak', region: 'us-east-1', endpointUrl: `http://127.0.0.1:${server.address().port}` },
  ...{ accessKeyId: 'local', secretAccessKey: 'local-secret', timeout: 1, maxAttempts: 1 },
});

const counts = { calls: 0, completed: 0, accepted: 0, unknown: 0, not_started: 0 };
async function lane() {
  while (Date.now() < end) {
    const call = { functionName: 'hello', payload: { n: counts.calls } };
    counts.calls += 1;
    const method = counts.calls % 3 === 0 ? 'invokeAsync' : 'invoke';
    const { metadata } = await lambda[method](call);
    counts[metadata.execution] += 1;
  }
}

const measures = [];
function measure() {
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, rss } = process.memoryUsage();
  const handles = process.getActiveResourcesInfo().length;
  measures.push({ heap: heapUsed, rss, handles });
  console.log(
    `${counts.calls} calls, heap ${(heapUsed / 1e6).toFixed(1)} MB, resident ${(rss / 1e6).toFixed(0)} MB, ${handles} handles`,
  );
}
const timer = setInterval(measure, 15_000);
await Promise.all(Array.from({ length: 8 }, lane));
clearInterval(timer);
lambda.close();
await new Promise((resolve) => setTimeout(resolve, 1500));
for (const socket of sockets) socket.destroy();
await new Promise((resolve) => server.close(resolve));
measure();

const failures = [];
const { calls, completed, accepted, unknown, not_started } = counts;
const known = { requests: calls, ran: completed + accepted + unknown };
if (known.requests !== seen.requests) failures.push(`${calls} calls, ${seen.requests} requests`);
if (known.ran !== seen.ran) failures.push(`${known.ran} that may have run, ${seen.ran} that did`);
if (not_started !== seen.requests - seen.ran)
  failures.push(`${not_started} not started, ${seen.requests - seen.ran} refused`);
const [first, last] = [measures[0], measures.at(-1)];
if (last.heap > first.heap * 1.2 + 2e6) failures.push(`the heap grew from ${first.heap} to ${last.heap} bytes`);
if (last.handles > 5) failures.push(`${last.handles} handles are open at the end`);
console.log(JSON.stringify({ counts, seen }));
for (const failure of failures) console.error(failure);
process.exitCode = failures.length === 0 ? 0 : 1;
