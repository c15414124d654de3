import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Environment, Log } from '../../../../ports.ts';
import { startBoss } from '../boss.ts';
import { check, schemaName } from '../checks.ts';
import type { Database, DatabaseOptions } from '../database.ts';
import { DatabaseError, openingFailed } from '../failure.ts';
import { statementsOf } from '../statements.ts';
import { lines } from './bell.ts';
import { defaultFolder, type Folder, prepareFolder } from './folder.ts';
import { join } from './join.ts';

/** It runs one statement at a time: more connections only wait. */
const connections = 4;

/** Opens the database that is kept in a folder of this user, for the processes of this machine. */
export async function openEmbedded(options: DatabaseOptions, environment: Environment, log: Log): Promise<Database> {
  if (process.platform === 'win32') {
    throw new DatabaseError(
      'there is no embedded database on Windows: give the URL of a PostgreSQL by --database or DATABASE_URL',
    );
  }
  const folder = prepareFolder(options.folder ?? defaultFolder(environment));
  const where = `the embedded database in ${folder.path}`;
  log.info(`database: ${where}, for this user on this machine; --database or DATABASE_URL names a PostgreSQL`);
  const server = await keepServer(folder, where, log);
  const config = { host: folder.path, port: 5432, user: 'postgres', password: '', database: 'postgres' };
  const pool = new pg.Pool({ ...config, ssl: false, max: connections, application_name: 'ue-aws-lambda' });
  const statements = statementsOf({ pool, where, log, revive: server.revive });
  try {
    const state = await check(async (text) => (await statements.run(text, [], true)).rows, where);
    if (!state.isDurable) throw new DatabaseError(`${where} does not sync its files`);
    const engine = await startBoss(statements, state, options, log);
    return {
      ...{ boss: engine.boss, schema: schemaName, where, embedded: true },
      connection: `postgres://postgres:@localhost/postgres?host=${encodeURIComponent(folder.path)}&port=5432`,
      sql: async (text, values = []) => (await statements.run(text, values, true)).rows,
      wake: async (queue) => server.ring(queue),
      onWake: async (queue, listener) => server.onRing(queue, listener),
      async close() {
        await engine.stop();
        await statements.close();
        server.close();
      },
    };
  } catch (error) {
    await statements.close();
    server.close();
    throw openingFailed(where, error);
  }
}

/** Holds on to the server of a folder: while one of these is open there is one, also after it was killed. */
async function keepServer(folder: Folder, where: string, log: Log) {
  const listeners = new Map<string, Set<() => void>>();
  let bell: Socket | null = null;
  let reviving: Promise<void> | null = null;
  let isClosed = false;

  const hear = (queue: string) => {
    for (const listener of listeners.get(queue) ?? []) listener();
  };

  const connect = async () => {
    const next = await join(folder, log);
    if (isClosed) return void next.destroy();
    bell = next;
    next.removeAllListeners('data').removeAllListeners('close');
    lines(next, hear);
    next.once('close', () => {
      bell = null;
      if (!isClosed) void keep();
    });
    if (next.destroyed) bell = null;
  };

  /** Once at a time, also when many statements ask for it. */
  const revive = (): Promise<void> => {
    if (bell !== null || isClosed) return Promise.resolve();
    reviving ??= connect().finally(() => {
      reviving = null;
    });
    return reviving;
  };

  const keep = async () => {
    log.debug(`${where}: its process has ended; another is started`);
    for (let said = false; bell === null && !isClosed; ) {
      try {
        await revive();
      } catch (error) {
        if (!said) log.warn((error as Error).message);
        said = true;
        await sleep(1000, undefined, { ref: false });
      }
    }
    // What was rung in between was not heard.
    for (const queue of listeners.keys()) hear(queue);
  };

  await revive();
  return {
    revive,
    ring: (queue: string) => void bell?.write(`${queue}\n`),
    onRing(queue: string, listener: () => void) {
      const own = () => listener();
      const known = listeners.get(queue) ?? new Set();
      listeners.set(queue, known.add(own));
      return async () => {
        known.delete(own);
        if (known.size === 0 && listeners.get(queue) === known) listeners.delete(queue);
      };
    },
    close() {
      isClosed = true;
      bell?.destroy();
    },
  };
}
