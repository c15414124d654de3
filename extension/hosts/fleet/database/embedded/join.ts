import { spawn } from 'node:child_process';
import { closeSync, constants, existsSync, openSync, statSync, truncateSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Log } from '../../../../ports.ts';
import { DatabaseError } from '../failure.ts';
import { lines } from './bell.ts';
import type { Folder } from './folder.ts';
import { greeting, isTaken, type Report } from './protocol.ts';

/** How long all of it may take, and how often another's server is looked for (ms). */
const patience = 120_000;
const pause = 50;
const beforeAnother = 1_000;

/** Connects to the bell of the folder's server, which it starts when there is none. */
export async function join(folder: Folder, log: Log): Promise<Socket> {
  const deadline = performance.now() + patience;
  while (performance.now() < deadline) {
    const bell = await knock(folder);
    if (bell !== null) return bell;
    if (await start(folder, log)) continue;
    // Another command was faster, and its server is not ready; or it is about to end.
    const until = performance.now() + beforeAnother;
    while (performance.now() < until) {
      const other = await knock(folder);
      if (other !== null) return other;
      await sleep(pause);
    }
  }
  throw new DatabaseError(
    `the embedded database in ${folder.path} is not ready after ${patience / 1000} s; see ${folder.log}`,
  );
}

/** The bell of a server that is ready; null when there is none. */
function knock({ bell, path }: Folder): Promise<Socket | null> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(bell);
    socket.on('error', () => {});
    socket.once('close', () => resolve(null));
    lines(socket, (line) => {
      if (line === greeting) return resolve(socket);
      socket.destroy();
      reject(new DatabaseError(`another version of this program runs the embedded database in ${path}; end it first`));
    });
  });
}

/** Starts a server; true when it is ready, false when another has the folder. */
async function start(folder: Folder, log: Log): Promise<boolean> {
  const errors = openLog(folder);
  const words = ['--experimental-sqlite', '--no-warnings', serverFile(), folder.path];
  const { PATH, HOME, TZ } = process.env;
  const child = spawn(process.execPath, words, {
    cwd: folder.path,
    detached: true, // a Ctrl-C is for the command alone
    env: { PATH, HOME, ...(TZ && { TZ }) },
    stdio: ['ignore', 'pipe', errors],
  });
  if (typeof errors === 'number') closeSync(errors);
  const stdout = child.stdout as Readable;
  try {
    return await new Promise<boolean>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        if (code === isTaken) return resolve(false);
        reject(
          new DatabaseError(
            `the embedded database in ${folder.path} could not be started (${signal ?? `exit code ${code}`}); see ${folder.log}`,
          ),
        );
      });
      createInterface(stdout).on('line', (line) => {
        const message = JSON.parse(line) as Report;
        if ('says' in message) log.info(`${message.says}: ${folder.path}`);
        else if ('ready' in message) resolve(true);
        else
          reject(
            new DatabaseError(
              `the embedded database in ${folder.path} could not be started: ${message.failed}; see ${folder.log}`,
            ),
          );
      });
    });
  } finally {
    stdout.destroy();
    child.unref();
  }
}

/** The server's file: beside the bundle, else the source. */
function serverFile(): string {
  if (typeof __dirname === 'string') return `${__dirname}/embedded/server.mjs`;
  return fileURLToPath(new URL('./server.ts', import.meta.url));
}

const largestLog = 2 ** 20;

function openLog({ log }: Folder): number | 'ignore' {
  try {
    if (existsSync(log) && statSync(log).size > largestLog) truncateSync(log);
    return openSync(log, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
  } catch {
    return 'ignore'; // a full disk
  }
}
