import type { Socket } from 'node:net';
import type { Identity } from './certificates.ts';
import { type Fault, inflict } from './faults.ts';
import { type Listener, listen, secured } from './listener.ts';

/** Where on its way a call meets the fault, seen from the server in the place of AWS Lambda. */
export type TargetStage = 'TCP' | 'TLS' | 'request' | 'response headers' | 'body';

export interface TargetOptions {
  /** Speaks TLS with this, else plain HTTP. */
  readonly identity?: Identity;
  readonly stage?: TargetStage;
  readonly fault?: Fault;
  /** The whole answer in place of the usual one. */
  readonly answer?: (request: ReceivedRequest) => string;
}

export interface ReceivedRequest {
  readonly head: string;
  readonly body: string;
}

export interface Target extends Listener {
  /** Requests whose head has arrived. */
  received(): number;
  /** Requests that a function ran for: whole ones that were not refused. */
  executed(): number;
  readonly requests: readonly ReceivedRequest[];
}

/** A server that answers as AWS Lambda does until it fails as it is told, and counts what reached it. */
export async function startTarget(options: TargetOptions = {}): Promise<Target> {
  const { identity, stage, fault = 'hangs' } = options;
  const requests: ReceivedRequest[] = [];
  let received = 0;
  let executed = 0;

  function speak(raw: Socket, socket: Socket): void {
    let text = '';
    let counted = false;
    socket.on('data', function onData(chunk: Buffer) {
      text += chunk.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      if (end < 0) return;
      if (!counted) received += 1;
      counted = true;
      if (stage === 'request') {
        socket.off('data', onData);
        socket.pause();
        if (fault === 'refused') socket.end(refusal(413, 'RequestTooLargeException'));
        else inflict(fault, raw, socket);
        return;
      }
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
      if (text.length < end + 4 + length) return;
      const request = { head: text.slice(0, end), body: text.slice(end + 4, end + 4 + length) };
      text = text.slice(end + 4 + length);
      counted = false;
      requests.push(request);
      if (stage === 'response headers' && fault === 'refused') {
        socket.write(refusal(403, 'AccessDeniedException'));
        return;
      }
      executed += 1;
      respond(raw, socket, request);
    });
  }

  function respond(raw: Socket, socket: Socket, request: ReceivedRequest): void {
    if (stage === 'response headers') {
      inflict(fault, raw, socket, 'HTTP/1.1 200 OK\r\nx-slow: a');
    } else if (stage === 'body') {
      const chunked = fault === 'garbage';
      const length = chunked ? 'transfer-encoding: chunked' : 'content-length: 1000000';
      socket.write(`${headOf(request)}${length}\r\n\r\n${chunked ? 'a\r\n0123456789\r\n' : '{"ok"'}`);
      // The client has the headers and a part of the body before the fault strikes.
      setTimeout(() => inflict(fault, raw, socket, ' '), 30);
    } else {
      socket.write((options.answer ?? success)(request));
    }
  }

  const listener = await listen((raw) => {
    if (stage === 'TCP') return inflict(fault, raw, raw);
    if (stage === 'TLS' && fault !== 'wrong certificate') {
      raw.once('data', () => inflict(fault, raw, raw, '\u0016\u0003\u0003\u0040\u0000\u0002'));
      return;
    }
    speak(raw, identity === undefined ? raw : secured(raw, identity));
  });
  return { ...listener, requests, received: () => received, executed: () => executed };
}

/** The usual answer: of a function that says it is well, or of the queue. */
export function success(request: ReceivedRequest, body = '{"ok":true}'): string {
  const text = isEvent(request) ? '' : body;
  return `${headOf(request)}content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
}

/** An answer in which AWS refuses. */
export function refusal(status: number, type: string, message = 'no', headers = ''): string {
  const body = JSON.stringify({ message });
  return (
    `HTTP/1.1 ${status} No\r\nx-amzn-requestid: 00000000-0000-4000-8000-000000000000\r\nx-amzn-errortype: ${type}\r\n` +
    `${headers}content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  );
}

function headOf(request: ReceivedRequest): string {
  const status = isEvent(request) ? '202 Accepted' : '200 OK';
  return `HTTP/1.1 ${status}\r\nx-amzn-requestid: 00000000-0000-4000-8000-000000000000\r\nx-amz-executed-version: $LATEST\r\n`;
}

function isEvent({ head }: ReceivedRequest): boolean {
  return /x-amz-invocation-type: Event/i.test(head);
}
