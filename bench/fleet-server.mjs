// The function of the fleet's benchmark, in a process of its own: it answers after so many milliseconds, and takes times.
// Durable executions run until a time that is drawn for each.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

const body = '{"ok":true}';
const seen = { calls: 0, first: 0, last: 0, reads: {}, late: [] };
const executions = new Map();

const routes = {
  '/reset': () => Object.assign(seen, { calls: 0, first: 0, last: 0, reads: {}, late: [] }),
  '/late': () => {
    seen.late = [];
    return {};
  },
  '/stats': () => ({ ...seen, open: [...executions.values()].filter(({ ends }) => ends > Date.now()).length }),
};

const server = createServer((request, response) => {
  const { url, method } = request;
  const own = routes[url];
  if (own !== undefined) return response.end(JSON.stringify(own()));
  request.resume();
  request.on('end', () => {
    if (method === 'POST' && url.endsWith('/invocations')) invoke(request, response);
    else if (method === 'POST' && url.includes('/invocations?')) invoke(request, response);
    else read(url, response);
  });
});

function invoke({ headers, url }, response) {
  const now = performance.now();
  seen.calls += 1;
  seen.first ||= now;
  const name = headers['x-amz-durable-execution-name'];
  if (name !== undefined) return start(name, response);
  const wait = Number(/\/functions\/wait-(\d+)\//.exec(url)?.[1] ?? 0);
  const answer = () => {
    seen.last = performance.now();
    send(response, 200, body);
  };
  if (wait > 0) setTimeout(answer, wait);
  else answer();
}

function start(name, response) {
  const [from, to] = (process.env.DURABLE_MS ?? '1000-2000').split('-').map(Number);
  const arn = `arn:aws:lambda:us-east-1:123456789012:function:long:1/durable-execution/${name}/${randomUUID()}`;
  const ends = Date.now() + from + Math.random() * (to - from);
  executions.set(arn, { arn, name, began: Date.now(), ends, noticed: false });
  seen.last = performance.now();
  send(response, 202, '', { 'x-amz-durable-execution-arn': arn });
}

function read(url, response) {
  const [path, search] = url.split('?');
  const query = new URLSearchParams(search);
  const kind = path.endsWith('/history') ? 'history' : path.includes('/functions/') ? 'list' : 'get';
  seen.reads[kind] = (seen.reads[kind] ?? 0) + 1;
  if (kind === 'history') return send(response, 200, '{"Events":[]}');
  if (kind === 'list') return send(response, 200, JSON.stringify(list(query)));
  const execution = executions.get(decodeURIComponent(path.split('/')[3]));
  if (execution === undefined) return send(response, 404, '{}', { 'x-amzn-errortype': 'ResourceNotFoundException' });
  const over = execution.ends <= Date.now();
  if (over && !execution.noticed) {
    execution.noticed = true;
    seen.late.push(Date.now() - execution.ends);
  }
  const whole = query.get('IncludeExecutionData') !== 'false';
  send(response, 200, JSON.stringify({ ...summary(execution), Version: '1', ...(over && whole && { Result: body }) }));
}

function list(query) {
  const size = Number(query.get('MaxItems') ?? 100);
  const begin = Number(query.get('Marker') ?? 0);
  const name = query.get('DurableExecutionName');
  const statuses = query.getAll('Statuses');
  const wanted = [...executions.values()].filter(
    (execution) =>
      (name === null || execution.name === name) &&
      (statuses.length === 0 || statuses.includes(summary(execution).Status)),
  );
  const more = begin + size < wanted.length;
  return {
    DurableExecutions: wanted.slice(begin, begin + size).map(summary),
    ...(more && { NextMarker: String(begin + size) }),
  };
}

function summary({ arn, name, began, ends }) {
  const over = ends <= Date.now();
  return {
    ...{ DurableExecutionArn: arn, DurableExecutionName: name, FunctionArn: arn.slice(0, arn.indexOf('/')) },
    ...{ Status: over ? 'SUCCEEDED' : 'RUNNING', StartTimestamp: began / 1000 },
    ...(over && { EndTimestamp: ends / 1000 }),
  };
}

function send(response, status, text, headers = {}) {
  const all = { 'x-amzn-requestid': 'request-1', 'content-type': 'application/json', ...headers };
  response.writeHead(status, { ...all, 'content-length': Buffer.byteLength(text) }).end(text);
}

server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${server.address().port}\n`));
process.on('disconnect', () => process.exit(0));
