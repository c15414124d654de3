import { connect, type Socket } from 'node:net';
import type { Identity } from './certificates.ts';
import { type Fault, inflict } from './faults.ts';
import { type Listener, listen, secured } from './listener.ts';

export type ProxyStage = 'proxy accept' | 'proxy TLS' | 'CONNECT';

export interface FaultProxyOptions {
  /** Speaks TLS with this, else plain HTTP. */
  readonly identity?: Identity;
  readonly stage?: ProxyStage;
  readonly fault?: Fault;
  /** The value that Proxy-Authorization must have. */
  readonly authorization?: string;
  /** The answer to CONNECT in place of a tunnel: status line and headers, then a body that comes later. */
  readonly refusal?: { readonly head: string; readonly body?: string };
}

export interface FaultProxy extends Listener {
  /** The targets of the tunnels that were opened. */
  readonly tunnels: readonly string[];
  /** The heads of all CONNECT requests. */
  readonly heads: readonly string[];
}

/** A CONNECT proxy that does its work until it fails as it is told. What breaks on one side breaks on the other. */
export async function startFaultProxy(options: FaultProxyOptions = {}): Promise<FaultProxy> {
  const { identity, stage, fault = 'hangs', authorization, refusal } = options;
  const tunnels: string[] = [];
  const heads: string[] = [];

  function speak(raw: Socket, socket: Socket): void {
    let text = '';
    socket.on('data', function onData(chunk: Buffer) {
      text += chunk.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      if (end < 0) return;
      socket.off('data', onData);
      const head = text.slice(0, end);
      heads.push(head);
      const given = /^proxy-authorization: (.*)$/im.exec(head)?.[1];
      if (authorization !== undefined && given !== authorization) {
        socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n');
      } else if (stage === 'CONNECT' && fault === 'refused') {
        refuse(
          socket,
          refusal ?? { head: 'HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\n', body: '<html>no</html>' },
        );
      } else if (stage === 'CONNECT') {
        inflict(fault, raw, socket, 'HTTP/1.1 200 OK\r\nx-slow: a');
      } else {
        tunnel(raw, socket, /^CONNECT (\S+)/.exec(head)?.[1] ?? '');
      }
    });
  }

  function tunnel(raw: Socket, socket: Socket, authority: string): void {
    tunnels.push(authority);
    const [host = '', port] = authority.split(':');
    const target = connect(Number(port), host);
    target.once('connect', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(target);
      target.pipe(socket);
    });
    target.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET') raw.resetAndDestroy();
      else socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
    raw.once('close', () => target.destroy());
  }

  const listener = await listen((raw) => {
    if (stage === 'proxy accept') return inflict(fault, raw, raw, 'HTTP/1.1 200 OK\r\nx-slow: a');
    if (stage === 'proxy TLS' && fault !== 'wrong certificate') {
      raw.once('data', () => inflict(fault, raw, raw, '\u0016\u0003\u0003\u0040\u0000\u0002'));
      return;
    }
    speak(raw, identity === undefined ? raw : secured(raw, identity));
  });
  return { ...listener, tunnels, heads };
}

/** Sends the body only after the headers have gone out: the two must not share a segment. */
function refuse(socket: Socket, { head, body = '' }: { head: string; body?: string }): void {
  socket.write(`${head}Content-Length: ${body.length}\r\n\r\n`);
  setTimeout(() => {
    if (socket.writable) socket.end(body);
  }, 300);
}
