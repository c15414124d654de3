import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StoredEvent {
  readonly stream: string;
  readonly timestamp: number;
  readonly message: string;
}

/** How an AWS with functions and their logs behaves. */
export interface LogsScript {
  /** Names the id of an invocation from its number. */
  readonly requestId?: (invocation: number) => string;
  readonly loggingConfig?: object | null;
  readonly capacityProvider?: boolean;
  /** The events of the group, all streams together; asked for again at each read, so that they can come late. */
  readonly events: (reads: number) => readonly StoredEvent[];
  readonly invoke?: { readonly headers?: Record<string, string>; readonly body?: string; readonly cut?: boolean };
  /** Events in a page; each full page is followed by an empty one with a token. */
  readonly page?: number;
  /** Errors by operation, in place of an answer. */
  readonly refuse?: Readonly<Record<string, { readonly status: number; readonly name: string }>>;
  /** Reads a second; what is above is throttled. */
  readonly quota?: number;
}

export interface LogsServer {
  readonly url: string;
  /** The operations, in the order in which they came. */
  readonly calls: string[];
  close(): Promise<void>;
}

export async function logsServer(script: LogsScript): Promise<LogsServer> {
  const calls: string[] = [];
  let invocations = 0;
  let reads = 0;
  let second = { start: 0, count: 0 };

  function answer(target: string, path: string, body: string, response: ServerResponse): void {
    const operation = operationOf(target, path);
    calls.push(operation);
    const refused = script.refuse?.[operation];
    if (refused !== undefined) {
      refuse(response, refused.status, refused.name);
      return;
    }
    switch (operation) {
      case 'Invoke': {
        const { headers = {}, body: payload = '{"ok":true}', cut = false } = script.invoke ?? {};
        const id = script.requestId?.(invocations) ?? 'request-1';
        invocations += 1;
        const length = { 'content-length': String(Buffer.byteLength(payload)) };
        response.writeHead(200, { 'x-amzn-requestid': id, ...length, ...headers });
        if (!cut) response.end(payload);
        else response.write(payload.slice(0, 3), () => response.socket?.resetAndDestroy());
        return;
      }
      case 'GetFunctionConfiguration':
        send(response, {
          FunctionName: 'hello',
          ...(script.loggingConfig !== null && {
            LoggingConfig: script.loggingConfig ?? { LogGroup: '/shared/group' },
          }),
          ...(script.capacityProvider && { CapacityProviderConfig: {} }),
        });
        return;
      default:
        if (isThrottled()) {
          refuse(response, 400, 'ThrottlingException');
          return;
        }
        reads += 1;
        send(response, pageOf(operation, JSON.parse(body)));
    }
  }

  function isThrottled(): boolean {
    if (script.quota === undefined) return false;
    if (Date.now() - second.start >= 1000) second = { start: Date.now(), count: 0 };
    second.count += 1;
    return second.count > script.quota;
  }

  // biome-ignore lint/suspicious/noExplicitAny: a request of JSON
  function pageOf(operation: string, input: any): object {
    const group = (script.loggingConfig as { LogGroup?: string })?.LogGroup ?? '/shared/group';
    if (input.logGroupName !== (script.loggingConfig === null ? '/aws/lambda/hello' : group)) throw new Error('group');
    const { startTime = 0, endTime = Number.POSITIVE_INFINITY } = input;
    const inTime = ({ timestamp }: StoredEvent) => timestamp >= startTime && timestamp < endTime;
    const inStream = ({ stream }: StoredEvent) =>
      operation === 'GetLogEvents' ? stream === input.logStreamName : (input.logStreamNames?.includes(stream) ?? true);
    const isWanted = operation === 'GetLogEvents' ? () => true : filterOf(input.filterPattern);
    const all = script
      .events(reads)
      .filter((event) => inTime(event) && inStream(event) && isWanted(event.message))
      .sort((a, b) => a.timestamp - b.timestamp); // a stable sort
    const size = script.page ?? 10_000;
    const token = input.nextToken ?? 'f/0';
    const at = Number(token.split('/')[1]);
    const isEmpty = token.startsWith('e/');
    const events = isEmpty ? [] : all.slice(at, at + size);
    const after = at + events.length;
    const shown = events.map(({ stream, timestamp, message }) => ({ logStreamName: stream, timestamp, message }));
    const isLast = after >= all.length;
    if (operation === 'GetLogEvents') {
      const next = isLast && events.length === 0 ? token : `f/${after}`;
      return {
        events: shown.map(({ logStreamName: _, ...rest }) => rest),
        nextForwardToken: next,
        nextBackwardToken: 'b',
      };
    }
    return { events: shown, searchedLogStreams: [], ...(!isLast && { nextToken: `${isEmpty ? 'f' : 'e'}/${after}` }) };
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      answer(
        String(request.headers['x-amz-target'] ?? ''),
        request.url ?? '',
        Buffer.concat(chunks).toString(),
        response,
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function operationOf(target: string, path: string): string {
  if (target !== '') return target.replace('Logs_20140328.', '');
  return path.includes('/configuration') ? 'GetFunctionConfiguration' : 'Invoke';
}

/** The two patterns that are asked for: a quoted text, and two members that are compared with a text. */
function filterOf(pattern: string): (message: string) => boolean {
  const [, text] = /^"([^"]+)"$/.exec(pattern) ?? [];
  if (text !== undefined) return (message) => message.includes(text);
  const [, id] = /^\{ \(\$\.requestId = "([^"]+)"\) \|\| \(\$\.record\.requestId = "\1"\) \}$/.exec(pattern) ?? [];
  if (id === undefined) throw new Error(`not a pattern: ${pattern}`);
  return (message) => {
    if (!message.includes(id)) return false; // what is not there cannot be a member
    try {
      const { requestId, record } = JSON.parse(message);
      return requestId === id || record?.requestId === id;
    } catch {
      return false;
    }
  };
}

function send(response: ServerResponse, document: object): void {
  const body = JSON.stringify(document);
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': 'read' };
  response.writeHead(200, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
}

function refuse(response: ServerResponse, status: number, name: string): void {
  const body = JSON.stringify({ __type: name, message: 'refused' });
  response.writeHead(status, { 'x-amzn-requestid': 'read', 'x-amzn-errortype': name }).end(body);
}
