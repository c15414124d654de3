import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A call as the server understood it. */
export interface DurableCall {
  readonly operation: Operation;
  /** How many calls of this operation there were, this one included. */
  readonly nth: number;
  readonly query: URLSearchParams;
  readonly path: string;
  readonly body: string;
  readonly qualifier: string | null;
  /** The access key id of the signature. */
  readonly signer: string;
}

export type Operation = 'Invoke' | 'List' | 'Get' | 'History' | 'Stop' | 'Callback';

/** What goes wrong with a call, in place of its answer or on the way. */
export type Fault =
  | { readonly refuse: readonly [status: number, name: string]; readonly retryAfter?: number }
  /** Cuts the connection before the call is read, or after so many bytes of the answer. */
  | { readonly cut: 'unread' | number }
  | { readonly hang: true }
  | { readonly page: string };

export interface DurableEvent {
  readonly EventType: string;
  readonly [member: string]: unknown;
}

export interface Execution {
  readonly arn: string;
  readonly name: string;
  readonly input: string;
  readonly version: string;
  readonly startedAt: number;
  status: string;
  endedAt: number | null;
  result: string | null;
  error: Record<string, unknown> | null;
  readonly events: Record<string, unknown>[];
}

export interface DurableOptions {
  /** The time of the server; that of this machine when absent. */
  readonly now?: () => number;
  readonly fault?: (call: DurableCall) => Fault | null;
  /** Decides on an execution each time before it is read: what has happened to it by now. */
  readonly live?: (execution: Execution, control: Control) => void;
  /** For so long (ms) reads do not show a new execution. */
  readonly lag?: number;
  readonly durable?: boolean;
  /** Whether a function of another qualifier has another version. */
  readonly versions?: Readonly<Record<string, string>>;
}

/** What changes an execution. */
export interface Control {
  add(execution: Execution, ...events: readonly DurableEvent[]): void;
  end(execution: Execution, status: string, result?: string | Record<string, unknown>): void;
}

export interface DurableServer extends Control {
  readonly url: string;
  readonly calls: DurableCall[];
  readonly executions: Execution[];
  count(operation: Operation): number;
  close(): Promise<void>;
}

const closed = ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'STOPPED'];

/** AWS Lambda as far as durable executions go: names with their idempotency, reads, stop and callbacks. */
export async function durableServer(options: DurableOptions = {}): Promise<DurableServer> {
  const { now = Date.now, fault = () => null, live = () => {}, lag = 0, durable = true, versions = {} } = options;
  const calls: DurableCall[] = [];
  const executions: Execution[] = [];

  const control: Control = {
    add({ events }, ...added) {
      for (const event of added) events.push({ EventId: events.length + 1, EventTimestamp: now() / 1000, ...event });
    },
    end(execution, status, result) {
      execution.status = status;
      execution.endedAt = now();
      if (typeof result === 'string') execution.result = result;
      else execution.error = result ?? null;
      const type = { SUCCEEDED: 'Succeeded', FAILED: 'Failed', TIMED_OUT: 'TimedOut', STOPPED: 'Stopped' }[status];
      control.add(execution, { EventType: `Execution${type}` });
    },
  };

  function invoke({ query, body, qualifier }: DurableCall, request: IncomingMessage): Reply {
    const name = request.headers['x-amz-durable-execution-name'] as string | undefined;
    if (!durable) return reply(202, {});
    if (qualifier === null && !query.has('Qualifier')) {
      return refusal(400, 'InvalidParameterValueException', 'a durable function needs a qualified ARN');
    }
    const known = executions.find((execution) => execution.name === name);
    if (known !== undefined && known.input !== body) {
      return refusal(409, 'DurableExecutionAlreadyStartedException', 'the name is in use');
    }
    const execution = known ?? begin(name ?? randomUUID(), body, versions[qualifier ?? ''] ?? '1');
    return reply(202, { 'x-amz-durable-execution-arn': execution.arn, 'x-amz-executed-version': execution.version });
  }

  function begin(name: string, input: string, version: string): Execution {
    const arn = `arn:aws:lambda:us-east-1:123456789012:function:long:${version}/durable-execution/${name}/${randomUUID()}`;
    const open = { status: 'RUNNING', endedAt: null, result: null, error: null };
    const execution: Execution = { arn, name, input, version, startedAt: now(), ...open, events: [] };
    executions.push(execution);
    control.add(execution, { EventType: 'ExecutionStarted', Name: name });
    return execution;
  }

  const visible = () => executions.filter(({ startedAt }) => now() - startedAt >= lag);

  function read(arn: string): Execution | undefined {
    const execution = visible().find((entry) => entry.arn === arn);
    if (execution !== undefined && !closed.includes(execution.status)) live(execution, control);
    return execution;
  }

  function list({ query }: DurableCall): Reply {
    const name = query.get('DurableExecutionName');
    const version = query.get('Qualifier');
    for (const execution of executions) if (!closed.includes(execution.status)) live(execution, control);
    const statuses = query.getAll('Statuses');
    const found = visible().filter(
      (entry) =>
        (name === null || entry.name === name) &&
        (version === null || entry.version === (versions[version] ?? '1')) &&
        (statuses.length === 0 || statuses.includes(entry.status)),
    );
    const [from, size] = [Number(query.get('Marker') ?? 0), Number(query.get('MaxItems') ?? 100)];
    const more = from + size < found.length;
    return json({
      DurableExecutions: found.slice(from, from + size).map(summary),
      ...(more && { NextMarker: String(from + size) }),
    });
  }

  function respond(call: DurableCall, path: readonly string[], request: IncomingMessage): Reply {
    if (call.operation === 'Invoke') return invoke(call, request);
    if (call.operation === 'List') return list(call);
    if (call.operation === 'Callback') return json({});
    const execution = read(decodeURIComponent(path[2] ?? ''));
    if (execution === undefined) return refusal(404, 'ResourceNotFoundException', 'no such execution');
    if (call.operation === 'Stop') {
      if (!closed.includes(execution.status)) control.end(execution, 'STOPPED', JSON.parse(call.body || '{}'));
      return json({ StopTimestamp: (execution.endedAt ?? now()) / 1000 });
    }
    if (call.operation === 'History') return json(history(execution, call.query));
    const withData = call.query.get('IncludeExecutionData') !== 'false';
    const { input, result, error, version } = execution;
    const data = { InputPayload: input, Result: result ?? undefined, Error: error ?? undefined };
    const whole = { ...summary(execution), Version: version, DurableConfig: { ExecutionTimeout: 900 } };
    return json({ ...whole, ...(withData && data), ExecutionDataIncluded: withData });
  }

  const counts = new Map<Operation, number>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    const [path = '', search] = (request.url ?? '').split('?');
    const parts = path.split('/').slice(1);
    const operation = operationOf(request.method ?? '', parts);
    const nth = (counts.get(operation) ?? 0) + 1;
    counts.set(operation, nth);
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const query = new URLSearchParams(search);
      const body = Buffer.concat(chunks).toString();
      const signer = /Credential=([^/]+)/.exec(request.headers.authorization ?? '')?.[1] ?? '';
      const call = { operation, nth, path, query, body, qualifier: query.get('Qualifier'), signer };
      calls.push(call);
      const wrong = fault(call);
      if (wrong !== null && 'page' in wrong) {
        response.writeHead(502, { 'content-type': 'text/html' }).end(wrong.page);
        return;
      }
      if (wrong !== null && 'cut' in wrong && wrong.cut === 'unread') {
        response.socket?.resetAndDestroy();
        return;
      }
      const answer = wrong !== null && 'refuse' in wrong ? refused(wrong) : respond(call, parts, request);
      if (wrong !== null && 'hang' in wrong) return;
      write(response, answer, wrong !== null && 'cut' in wrong ? Number(wrong.cut) : null);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    ...control,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ calls, executions },
    count: (operation) => calls.filter((call) => call.operation === operation).length,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Writes an answer, or as many bytes of it as the connection lives for. */
function write(response: ServerResponse, { status, headers, body }: Reply, cut: number | null): void {
  const own = { 'x-amzn-requestid': randomUUID(), 'content-type': 'application/json', ...headers };
  const all = { ...own, 'content-length': String(Buffer.byteLength(body)) };
  if (cut === null) {
    response.writeHead(status, all).end(body);
    return;
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  const bytes = Buffer.from(`HTTP/1.1 ${status} OK\r\n${lines.join('')}\r\n${body}`);
  response.socket?.write(bytes.subarray(0, cut), () => response.socket?.resetAndDestroy());
}

function reply(status: number, headers: Readonly<Record<string, string>>, body = ''): Reply {
  return { status, headers, body };
}

function json(value: unknown): Reply {
  return reply(200, {}, JSON.stringify(value));
}

function refusal(status: number, name: string, message: string, headers = {}): Reply {
  return reply(status, { 'x-amzn-errortype': name, ...headers }, JSON.stringify({ message }));
}

function refused({ refuse: [status, name], retryAfter }: Extract<Fault, { refuse: unknown }>): Reply {
  const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  return refusal(status, name, 'refused by the test', headers);
}

function operationOf(method: string, [, resource, , last]: readonly string[]): Operation {
  if (resource === 'durable-execution-callbacks') return 'Callback';
  if (resource === 'functions') return method === 'POST' ? 'Invoke' : 'List';
  if (last === 'history') return 'History';
  return last === 'stop' ? 'Stop' : 'Get';
}

function summary({ arn, name, status, startedAt, endedAt }: Execution) {
  return {
    ...{ DurableExecutionArn: arn, DurableExecutionName: name, Status: status },
    FunctionArn: arn.slice(0, arn.indexOf('/')),
    StartTimestamp: startedAt / 1000,
    ...(endedAt !== null && { EndTimestamp: endedAt / 1000 }),
  };
}

function history({ events }: Execution, query: URLSearchParams): object {
  const size = Number(query.get('MaxItems') ?? 100);
  const newest = query.get('ReverseOrder') === 'true';
  const ordered = newest ? events.toReversed() : events;
  const start = Number(query.get('Marker') ?? 0);
  const more = start + size < ordered.length;
  return {
    Events: ordered.slice(start, start + size),
    ...(more && { NextMarker: String(start + size) }),
  };
}
