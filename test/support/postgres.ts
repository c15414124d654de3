import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

/** The folder of PostgreSQL's server programs; null where they are not installed. */
export const postgresPrograms = findPrograms();

/** What a test says that is skipped for want of PostgreSQL. */
export const withoutPostgres = 'PostgreSQL is not installed here: only the embedded database is tested';

export type StopMode = 'fast' | 'immediate';

/** A PostgreSQL of one test: its own cluster in a temporary folder, on a UNIX socket and a port of the loopback. */
export interface Postgres {
  /** On the loopback, as the superuser `postgres`, without a password. */
  readonly url: string;
  /** On the UNIX socket. */
  readonly socketUrl: string;
  readonly port: number;
  /** Of the cluster, for files of its own. */
  readonly folder: string;
  start(): Promise<void>;
  stop(mode?: StopMode): Promise<void>;
  restart(mode?: StopMode): Promise<void>;
  /** Stops all its processes by SIGSTOP, until `resume`. */
  pause(): void;
  resume(): void;
  /** Ends the connections of all clients, or of those with a pid for which `which` is true; says of how many. */
  cut(which?: (pid: number) => boolean): Promise<number>;
  sql<R extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<R[]>;
  /** Stops it and removes its folder. */
  remove(): Promise<void>;
}

export interface PostgresOptions {
  /** Settings of the server, as in postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Lines of pg_hba.conf; by default everybody on the socket and on the loopback is trusted. */
  readonly access?: readonly string[];
  /** Called once the cluster is made, before the server starts: for files that its settings name. */
  readonly prepare?: (folder: string, owner: Owner | undefined) => void;
}

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

export async function startPostgres({ settings = {}, access, prepare }: PostgresOptions = {}): Promise<Postgres> {
  if (postgresPrograms === null) throw new Error(withoutPostgres);
  const programs = postgresPrograms;
  const owner = serverUser();
  const folder = mkdtempSync(join(tmpdir(), 'pg-'));
  if (owner !== undefined) chownSync(folder, owner.uid, owner.gid);
  const data = join(folder, 'data');
  const run = { cwd: folder, env: { PATH: process.env.PATH, LC_ALL: 'C' }, ...owner };
  const words = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync', '--no-instructions'];
  execFileSync(`${programs}/initdb`, words, { ...run, stdio: ['ignore', 'ignore', 'pipe'] });
  prepare?.(data, owner);
  if (access !== undefined) {
    const text = `${access.join('\n')}\n`;
    execFileSync('tee', [join(data, 'pg_hba.conf')], { ...run, input: text, stdio: ['pipe', 'ignore', 'inherit'] });
  }

  const port = await freePort();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const socketUrl = `postgres://postgres@/postgres?host=${encodeURIComponent(folder)}&port=${port}`;
  const all = { fsync: 'off', listen_addresses: '127.0.0.1', unix_socket_directories: folder, ...settings };
  let server: ChildProcess | null = null;
  let said = '';
  const endAtExit = () => server?.kill('SIGQUIT');
  process.on('exit', endAtExit);

  const withClient = async <T>(use: (client: pg.Client) => Promise<T>): Promise<T> => {
    const client = new pg.Client({ host: folder, port, user: 'postgres', database: 'postgres' });
    client.on('error', () => {});
    try {
      await client.connect();
      return await use(client);
    } finally {
      await client.end().catch(() => {});
    }
  };

  const start = async () => {
    const assigned = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const child = spawn(`${programs}/postgres`, ['-D', data, '-p', String(port), ...assigned], {
      ...run,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    said = '';
    child.stderr.on('data', (text) => {
      said = `${said}${text}`.slice(-10_000);
    });
    server = child;
    for (;;) {
      const answers = await withClient((client) => client.query('SELECT 1')).then(
        () => true,
        () => false,
      );
      if (answers) return;
      if (child.exitCode !== null) throw new Error(`PostgreSQL ended: ${said}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  const stop = async (mode: StopMode = 'fast') => {
    const child = server;
    server = null;
    if (child === null || child.exitCode !== null) return;
    const ended = once(child, 'close');
    child.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await ended;
  };

  const signalAll = (signal: NodeJS.Signals) => {
    if (server?.pid === undefined) throw new Error('PostgreSQL does not run');
    for (const pid of [server.pid, ...childrenOf(server.pid)]) process.kill(pid, signal);
  };

  await start();
  return {
    ...{ url, socketUrl, port, folder, start, stop },
    async restart(mode) {
      await stop(mode);
      await start();
    },
    pause: () => signalAll('SIGSTOP'),
    resume: () => signalAll('SIGCONT'),
    cut: (which = () => true) =>
      withClient(async (client) => {
        const others = await client.query<{ pid: number }>(
          `SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
        );
        const chosen = others.rows.map(({ pid }) => pid).filter(which);
        await client.query('SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid', [chosen]);
        return chosen.length;
      }),
    sql: (text, values) => withClient(async (client) => (await client.query(text, values)).rows),
    async remove() {
      await stop('immediate');
      process.off('exit', endAtExit);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function findPrograms(): string | null {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [...versions.map((version) => `${debian}/${version}/bin`), ...(process.env.PATH ?? '').split(':')];
  return folders.find((folder) => existsSync(`${folder}/initdb`) && existsSync(`${folder}/postgres`)) ?? null;
}

/** PostgreSQL refuses to run as root: then its own user, which its package made. */
function serverUser(): Owner | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const line = readFileSync('/etc/passwd', 'utf8').match(/^postgres:[^:]*:(\d+):(\d+):/m);
  if (line === null) throw new Error('PostgreSQL cannot run as root, and there is no user postgres');
  return { uid: Number(line[1]), gid: Number(line[2]) };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function childrenOf(pid: number): number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const pairs = lines.map((line) => line.trim().split(/\s+/).map(Number));
  return pairs.filter(([, parent]) => parent === pid).map(([child]) => child as number);
}
