import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import type { Identity } from './certificates.ts';

export interface Listener {
  readonly port: number;
  /** Connections accepted so far. */
  connections(): number;
  /** Connections open now. */
  open(): number;
  /** Waits until no connection is open. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** Accepts TCP connections on the loopback; `serve` gets each one raw. Nothing survives `close`. */
export async function listen(serve: (raw: Socket) => void): Promise<Listener> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer({ allowHalfOpen: false }, (raw) => {
    connections += 1;
    sockets.add(raw);
    raw.on('error', () => {});
    raw.once('close', () => sockets.delete(raw));
    serve(raw);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    open: () => sockets.size,
    async idle() {
      while (sockets.size > 0) await Promise.all([...sockets].map((socket) => once(socket, 'close')));
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Speaks TLS as a server on a connection; the handshake may fail without harm. */
export function secured(raw: Socket, { key, cert }: Identity): Socket {
  const socket = new TLSSocket(raw, { isServer: true, secureContext: createSecureContext({ key, cert }) });
  socket.on('error', () => raw.destroy());
  socket.once('close', () => raw.destroy());
  return socket;
}

/** A port where nobody listens: the system gives none this low to a server that asks for any. */
export const closedPort = 1;

/** A port for a server that cannot choose one itself: it was free a moment ago. */
export async function freePort(): Promise<number> {
  const listener = await listen(() => {});
  await listener.close();
  return listener.port;
}

/** A port where connections are never established: the queue of a process that does not accept is full. */
export async function silentPort(): Promise<Listener> {
  const script = `require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () {
    require('fs').writeSync(1, String(this.address().port));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  })`;
  const child: ChildProcess = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [chunk] = (await once(child.stdout as NonNullable<typeof child.stdout>, 'data')) as [Buffer];
  const port = Number(chunk.toString());
  // Linux lets one more in than the backlog says.
  const fillers = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
  await Promise.all(fillers.map((filler) => once(filler, 'connect')));
  return {
    port,
    connections: () => 0,
    open: () => 0,
    idle: async () => {},
    async close() {
      for (const filler of fillers) filler.on('error', () => {}).destroy();
      child.kill('SIGKILL');
      await once(child, 'close');
    },
  };
}
