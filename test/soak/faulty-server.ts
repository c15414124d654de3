import type { Socket } from 'node:net';
import { type Identity, selfSigned } from '../support/network/certificates.ts';
import { drip, inflict } from '../support/network/faults.ts';
import { type Listener, listen, secured } from '../support/network/listener.ts';

export interface FaultyServer extends Listener {
  /** How often the function ran for the call whose payload has this id, which is forgotten then. */
  take(id: string): number;
  /** Runs that nobody has taken. */
  left(): number;
  /** How often each fault was met. */
  readonly faults: Readonly<Record<string, number>>;
}

interface Fault {
  /** Whether the function ran. */
  readonly ran: boolean;
  readonly name: string;
  readonly inflict: (raw: Socket, socket: Socket, type: string) => void;
}

const head = (type: string) =>
  `HTTP/1.1 ${type === 'Event' ? '202 Accepted' : '200 OK'}\r\nx-amzn-requestid: r\r\nx-amz-executed-version: 1\r\n`;

function whole(type: string): string {
  const body = type === 'Event' ? '' : '{"ok":true}';
  return `${head(type)}content-length: ${body.length}\r\n\r\n${body}`;
}

const refusal = (status: number, name: string) =>
  `HTTP/1.1 ${status} No\r\nx-amzn-requestid: r\r\nx-amzn-errortype: ${name}\r\ncontent-length: 2\r\n\r\n{}`;

/** Sends the start of an answer, and then does something else. */
const cut = (then: (raw: Socket, socket: Socket) => void) => (raw: Socket, socket: Socket, type: string) => {
  socket.write(`${head(type)}content-length: 1000000\r\n\r\n{"ok"`);
  setTimeout(() => then(raw, socket), 20);
};

/** Of a request that has arrived. */
const requestFaults: readonly Fault[] = [
  { ran: false, name: 'refused', inflict: (_, socket) => socket.write(refusal(403, 'AccessDeniedException')) },
  { ran: false, name: 'throttled', inflict: (_, socket) => socket.write(refusal(429, 'TooManyRequestsException')) },
  { ran: true, name: 'failed', inflict: (_, socket) => socket.write(refusal(500, 'ServiceException')) },
  { ran: true, name: 'reset', inflict: (raw) => raw.resetAndDestroy() },
  { ran: true, name: 'closed', inflict: (_, socket) => socket.end() },
  { ran: true, name: 'garbage', inflict: (raw, socket) => inflict('garbage', raw, socket) },
  { ran: true, name: 'hangs', inflict: () => {} },
  { ran: true, name: 'drips', inflict: (_, socket) => drip(socket, 'HTTP/1.1 200 OK\r\nx-slow: a') },
  { ran: true, name: 'body reset', inflict: cut((raw) => raw.resetAndDestroy()) },
  { ran: true, name: 'body closed', inflict: cut((_, socket) => socket.end()) },
  { ran: true, name: 'body hangs', inflict: cut(() => {}) },
  { ran: true, name: 'body drips', inflict: cut((_, socket) => drip(socket, ' ')) },
];

const handshakeFaults = ['reset', 'closed', 'garbage', 'hangs', 'slow drip', 'wrong certificate'] as const;

/** A server in the place of AWS Lambda that fails in a tenth of the requests, and with TLS in a fifth of the handshakes too. */
export async function startFaultyServer(identity?: Identity): Promise<FaultyServer> {
  const runs = new Map<string, number>();
  const faults: Record<string, number> = {};
  const untrusted = identity === undefined ? undefined : await selfSigned();
  let [requests, connections] = [0, 0];

  function met(name: string): void {
    faults[name] = (faults[name] ?? 0) + 1;
  }

  function answer(raw: Socket, socket: Socket, request: string): void {
    const type = /x-amz-invocation-type: (\w+)/i.exec(request)?.[1] ?? '';
    const id = /"id":"([^"]+)"/.exec(request)?.[1] ?? '';
    requests += 1;
    const fault = requests % 10 === 0 ? requestFaults[(requests / 10) % requestFaults.length] : undefined;
    if (fault === undefined || fault.ran) runs.set(id, (runs.get(id) ?? 0) + 1);
    if (fault === undefined) return void socket.write(whole(type));
    met(fault.name);
    fault.inflict(raw, socket, type);
  }

  function serve(raw: Socket, socket: Socket): void {
    let text = '';
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
      if (end < 0 || text.length < end + 4 + length) return;
      const request = text;
      text = '';
      answer(raw, socket, request);
    });
  }

  const listener = await listen((raw) => {
    if (identity === undefined || untrusted === undefined) return serve(raw, raw);
    connections += 1;
    const fault = connections % 5 === 0 ? handshakeFaults[(connections / 5) % handshakeFaults.length] : undefined;
    if (fault !== undefined) met(`handshake: ${fault}`);
    if (fault === undefined) return serve(raw, secured(raw, identity));
    if (fault === 'wrong certificate') return serve(raw, secured(raw, untrusted));
    raw.once('data', () => inflict(fault, raw, raw, '\u0016\u0003\u0003\u0040\u0000\u0002'));
  });
  return {
    ...listener,
    faults,
    take(id) {
      const count = runs.get(id) ?? 0;
      runs.delete(id);
      return count;
    },
    left: () => runs.size,
  };
}
