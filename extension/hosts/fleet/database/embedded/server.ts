// The process that holds the embedded database, for all commands of this user on this machine. Started by whichever comes
// first; ends when none is left.
import { rmSync, writeSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { lines } from './bell.ts';
import { folderOf } from './folder.ts';
import { takeLock } from './lock.ts';
import { brokenDown, ended, greeting, isTaken, type Report } from './protocol.ts';
import { sessionsOf } from './sessions.ts';
import { openFiles } from './synced-files.ts';
import { startUpkeep } from './upkeep.ts';

/** How long it waits for another command after the last (ms), and for the first. */
const linger = 2_000;
const first = 30_000;

const folder = folderOf(process.argv[2] ?? '');
const report = (message: Report) => {
  try {
    writeSync(1, `${JSON.stringify(message)}\n`);
  } catch {
    // whoever started it has gone
  }
};

process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
if (!takeLock(folder.lock)) process.exit(isTaken);
await serve();

async function serve(): Promise<void> {
  // The name says the form of the files: another major version of PostgreSQL could not read them.
  const database = await openFiles(join(folder.path, 'pg18'), (says) => report({ says }));
  const session = {
    run: (bytes: Uint8Array, onRawData: (data: Uint8Array) => void) =>
      database.execProtocolRawStream(bytes, { onRawData }),
    isInTransaction: () => database.isInTransaction(),
    rollBack: async () => void (await database.exec('ROLLBACK')),
  };
  const sessions = sessionsOf(session, fail);
  const connections = new Set<Socket>();
  const bells = new Set<Socket>();
  let timer = setTimeout(() => void stop(), first);

  const count = (socket: Socket) => {
    clearTimeout(timer);
    connections.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => {
      connections.delete(socket);
      clearTimeout(timer);
      if (connections.size === 0) timer = setTimeout(() => void stop(), linger);
    });
  };
  const clients = createServer((socket) => {
    count(socket);
    sessions.serve(socket);
  });
  const ringers = createServer((socket) => {
    count(socket);
    bells.add(socket);
    socket.on('close', () => bells.delete(socket));
    lines(socket, (queue) => {
      for (const bell of bells) bell.write(`${queue}\n`);
    });
    socket.write(`${greeting}\n`);
  });
  const upkeep = startUpkeep(database, sessions);

  let isStopping = false;
  const stop = async () => {
    if (isStopping) return;
    isStopping = true;
    clients.close();
    ringers.close();
    upkeep.stop();
    for (const socket of connections) socket.destroy();
    await sessions.between(async () => {
      await database.exec('CHECKPOINT');
      await database.close();
    });
    process.exit(ended);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void stop());

  // Those of a server that was killed: this one has the lock, so nobody else listens there.
  for (const path of [folder.socket, folder.bell]) rmSync(path, { force: true });
  await listen(clients, folder.socket);
  await listen(ringers, folder.bell);
  report({ ready: true });
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => server.once('error', reject).listen(path, resolve));
}

/** What PostgreSQL cannot go on after: its files are whole, as after a crash, and the next server begins with them. */
function fail(error: unknown): never {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${new Date().toISOString()} ${error instanceof Error ? error.stack : message}\n`);
  report({ failed: message });
  process.exit(brokenDown);
}
