import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import type { Database } from '../../../../extension/hosts/fleet/database/database.ts';
import { openDatabase } from '../../../../extension/hosts/fleet/database/open.ts';
import { ensureQueue } from '../../../../extension/hosts/fleet/database/queue.ts';
import { embeddedFolder, embeddedUrl } from '../../../support/embedded.ts';
import { serverPid } from '../../../support/processes.ts';
import { recorder } from '../../../support/recorder.ts';
import { root } from '../../../support/run-program.ts';
import { until } from '../../../support/until.ts';

const opened: Database[] = [];
const folders: string[] = [];

async function newFolder(): Promise<string> {
  const folder = await embeddedFolder();
  folders.push(folder);
  return folder;
}

async function open(folder: string, log = recorder()): Promise<Database> {
  const database = await openDatabase({ url: embeddedUrl(folder) }, {}, log);
  opened.push(database);
  return database;
}

async function closeAll(): Promise<void> {
  await Promise.all(opened.splice(0).map((database) => database.close()));
}

async function kill(folder: string): Promise<number> {
  const pid = serverPid(folder);
  if (pid === null) throw new Error('no server runs');
  process.kill(pid, 'SIGKILL');
  await until(() => serverPid(folder) !== pid);
  return pid;
}

beforeAll(async () => {
  await newFolder(); // the first one makes the template
}, 300_000);

afterEach(closeAll);
afterAll(async () => {
  for (const folder of folders) {
    await until(() => serverPid(folder) === null);
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);

describe('the embedded database', () => {
  test('is said in the first line', async () => {
    const [folder, log] = [await newFolder(), recorder()];
    await open(folder, log);
    expect(log.lines[0]).toBe(
      `info database: the embedded database in ${folder}, for this user on this machine; --database or DATABASE_URL names a PostgreSQL`,
    );
  });

  test('syncs its files: each commit is one fsync of the log', async () => {
    const folder = await newFolder();
    const database = await open(folder);
    const [settings] = await database.sql(
      `SELECT current_setting('fsync') AS fsync, current_setting('wal_sync_method') AS method, current_setting('synchronous_commit') AS commits`,
    );
    expect(settings).toEqual({ fsync: 'on', method: 'fsync', commits: 'on' });
    const pid = serverPid(folder);
    if (!hasStrace()) return console.log('strace cannot trace here: whether the files are synced is not tested');
    const trace = spawn('strace', ['-f', '-e', 'trace=fsync', '-p', String(pid)], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let seen = '';
    trace.stderr.on('data', (text) => {
      seen += text;
    });
    await until(() => seen.includes('attached'));
    await database.sql('CREATE TABLE IF NOT EXISTS synced (n int)');
    const before = count(seen);
    for (let n = 0; n < 10; n++) await database.sql('INSERT INTO synced VALUES ($1)', [n]);
    await until(() => count(seen) >= before + 10);
    trace.kill('SIGINT');
    await once(trace, 'close');
  });

  test('is one server for all, and ends after the last has closed', async () => {
    const folder = await newFolder();
    const [a, b] = [await open(folder), await open(folder)];
    const pid = serverPid(folder);
    await ensureQueue(a, 'lambda');
    const id = await a.boss.send('lambda', { a: 1 });
    await a.close();
    expect(await b.boss.fetch('lambda')).toMatchObject([{ id }]);
    expect(serverPid(folder)).toBe(pid);
    await b.close();
    await until(() => serverPid(folder) === null);
    expect(readdirSync(folder).filter((name) => name.startsWith('.s.') || name === 'bell')).toEqual([]);
  });

  test('survives a race of many starters', async () => {
    const folder = await newFolder();
    const all = await Promise.all(Array.from({ length: 6 }, () => open(folder)));
    const rows = await Promise.all(all.map((database, n) => database.sql('SELECT $1::int AS n', [n])));
    expect(rows).toEqual(all.map((_, n) => [{ n }]));
    expect(servers(folder)).toHaveLength(1);
  });

  test('keeps the statements of connections apart', async () => {
    const folder = await newFolder();
    const [a, b] = [await open(folder), await open(folder)];
    const numbers = Array.from({ length: 200 }, (_, n) => n);
    const ask = (n: number) => (n % 2 ? a : b).sql<{ n: number }>('SELECT $1::int AS n, pg_sleep(0)', [n]);
    const wrong = (n: number) => (n % 3 ? a : b).sql(`SELECT 1 / ($1::int - $1::int)`, [n]).catch(({ code }) => code);
    const answers = await Promise.all(numbers.map(async (n) => (n % 7 === 0 ? wrong(n) : (await ask(n))[0]?.n)));
    expect(answers).toEqual(numbers.map((n) => (n % 7 === 0 ? '22012' : n)));
  });

  test('takes and gives back a large text', async () => {
    const database = await open(await newFolder());
    const text = 'é'.repeat(8_000_000);
    const [row] = await database.sql<{ text: string }>('SELECT $1::text AS text', [text]);
    expect(row?.text === text).toBe(true);
  });
});

describe('a wake', () => {
  test('reaches another process at once, and only who waits for that queue', async () => {
    const folder = await newFolder();
    const [a, b] = [await open(folder), await open(folder)];
    const heard: string[] = [];
    const end = await a.onWake('lambda', () => heard.push('lambda'));
    await a.onWake('other', () => heard.push('other'));
    await b.wake('lambda');
    await until(() => heard.length > 0);
    await end();
    await b.wake('lambda');
    await b.wake('other');
    await until(() => heard.length > 1);
    expect(heard).toEqual(['lambda', 'other']);
  });
});

describe('a server that is killed', () => {
  test('is started again, keeps what it had confirmed, and rings those who wait', async () => {
    const folder = await newFolder();
    const log = recorder();
    const [a, b] = [await open(folder, log), await open(folder)];
    await ensureQueue(a, 'lambda');
    let heard = 0;
    await b.onWake('lambda', () => heard++);
    for (let round = 0; round < 3; round++) {
      const id = await a.boss.send('lambda', { round });
      await kill(folder);
      // A claim is not repeated by itself: whoever claims tries again.
      let claimed: unknown[] = [];
      await until(async () => {
        claimed = await b.boss.fetch('lambda').catch(() => []);
        return claimed.length > 0;
      });
      expect(claimed).toMatchObject([{ id, data: { round } }]);
      await until(() => heard > round);
    }
    expect(servers(folder)).toHaveLength(1);
  });

  test('while statements run: each is answered, none is lost', async () => {
    const folder = await newFolder();
    const [a, b] = [await open(folder), await open(folder)];
    await a.sql('CREATE TABLE kept (n int PRIMARY KEY)');
    const numbers = Array.from({ length: 100 }, (_, n) => n);
    const writing = numbers.map((n) => (n % 2 ? a : b).sql('INSERT INTO kept VALUES ($1) ON CONFLICT DO NOTHING', [n]));
    await writing[10];
    await kill(folder);
    await Promise.all(writing);
    expect(await a.sql('SELECT count(*)::int AS n FROM kept')).toEqual([{ n: 100 }]);
  });

  test('leaves sockets and a lock that do not matter to the next', async () => {
    const folder = await newFolder();
    const child = user(folder);
    await until(() => serverPid(folder) !== null && existsSync(join(folder, 'bell')));
    child.kill('SIGKILL');
    await kill(folder);
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(['.s.PGSQL.5432', 'bell', 'lock']));
    expect(await (await open(folder)).sql('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('also ends when its users were killed', async () => {
    const folder = await newFolder();
    const child = user(folder);
    await until(() => existsSync(join(folder, 'bell')));
    child.kill('SIGKILL');
    await until(() => serverPid(folder) === null);
  });
});

describe('a client of the socket', () => {
  const client = async (folder: string) => {
    const made = new pg.Client({ host: folder, user: 'postgres', database: 'postgres', ssl: false });
    made.on('error', () => {});
    await made.connect();
    return made;
  };

  test('that goes away in a transaction is rolled back, and the others go on', async () => {
    const folder = await newFolder();
    const database = await open(folder);
    await database.sql('CREATE TABLE kept (n int)');
    const other = await client(folder);
    await other.query('BEGIN');
    await other.query('INSERT INTO kept VALUES (1)');
    const asked = database.sql('SELECT count(*)::int AS n FROM kept');
    (other as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    expect(await asked).toEqual([{ n: 0 }]);
  });

  test.each([
    ['half a message', Buffer.from([0x51, 0, 0, 1, 0, 0x53])],
    ['a message without an end', Buffer.from([0x50, 0, 0, 0, 12, 0, 0x78, 0x78, 0x78, 0, 0, 0, 0])],
    ['an impossible length', Buffer.from([0x51, 0xff, 0xff, 0xff, 0xff])],
    ['no message at all', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ])('that sends %s harms nobody', async (_, bytes) => {
    const folder = await newFolder();
    const database = await open(folder);
    const socket = createConnection(join(folder, '.s.PGSQL.5432'));
    socket.on('error', () => {});
    await once(socket, 'connect');
    const user = Buffer.from('user\0postgres\0\0');
    const start = Buffer.concat([Buffer.from([0, 0, 0, 8 + user.length, 0, 3, 0, 0]), user]);
    if (bytes[0] !== 0x47) socket.write(start);
    socket.write(bytes);
    expect(await database.sql('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    socket.destroy();
    expect(await database.sql('SELECT 2 AS two')).toEqual([{ two: 2 }]);
  });
});

describe('a folder', () => {
  const refusal = (folder: string) =>
    openDatabase({ url: embeddedUrl(folder) }, {}, recorder()).then(
      () => 'none',
      (error: Error) => error.message,
    );

  test('that others may open is refused', async () => {
    const folder = await newFolder();
    chmodSync(folder, 0o750);
    expect(await refusal(folder)).toMatch(/is open to other users \(mode 750\); run chmod 700 on it/);
    chmodSync(folder, 0o700);
  });

  test('that belongs to somebody else is refused', async () => {
    if (process.getuid?.() !== 0) return console.log('not root: a folder of somebody else is not tested');
    const folder = await newFolder();
    chownSync(folder, 12_345, 12_345);
    expect(await refusal(folder)).toMatch(/belongs to another user \(12345\)/);
    chownSync(folder, 0, 0);
  });

  test('that cannot be made is refused', async () => {
    expect(await refusal('/proc/nowhere')).toMatch(/cannot be made \(ENOENT\)/);
  });

  test('with too long a path is refused', async () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'long-')), 'x'.repeat(100));
    folders.push(folder);
    expect(await refusal(folder)).toMatch(/has too long a path for a socket/);
  });

  test('with another version of the server is refused', async () => {
    const folder = await newFolder();
    const server = createServer((socket) => socket.end('ue-aws-lambda embedded 0\n')).listen(join(folder, 'bell'));
    await once(server, 'listening');
    expect(await refusal(folder)).toMatch(/another version of this program/);
    server.close();
  });

  test('whose files are damaged is refused with the reason', async () => {
    const folder = await newFolder();
    writeFileSync(join(folder, 'pg18/global/pg_control'), 'nonsense');
    expect(await refusal(folder)).toMatch(/could not be started: .*server\.log/s);
    await until(() => serverPid(folder) === null);
  });
});

describe('a full disk', () => {
  const canMount = process.getuid?.() === 0 && mounts();
  (canMount ? test : test.skip)(
    'loses nothing that was confirmed; once there is room it goes on',
    async () => {
      const source = await newFolder();
      const folder = mkdtempSync(join(tmpdir(), 'full-'));
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=120m,mode=700', 'none', folder]);
      try {
        execFileSync('cp', ['-a', join(source, 'pg18'), folder]);
        const database = await open(folder);
        await database.sql('CREATE TABLE kept (n int PRIMARY KEY, text text)');
        const confirmed: number[] = [];
        let refused = '';
        const ballast = join(folder, 'ballast');
        execFileSync('sh', ['-c', `dd if=/dev/zero of=${ballast} bs=1M 2>/dev/null; true`]);
        for (let n = 0; n < 400 && refused === ''; n++) {
          const text = Buffer.alloc(50_000, n).toString('base64');
          await database.sql('INSERT INTO kept VALUES ($1, $2)', [n, text]).then(
            () => confirmed.push(n),
            (error: Error) => {
              refused = error.message;
            },
          );
        }
        expect(refused).toMatch(/No space left on device|could not be started|ECONN|terminated/i);
        rmSync(ballast);
        const rows = await database.sql<{ n: number }>('SELECT n FROM kept ORDER BY n');
        expect(rows.map(({ n }) => n).slice(0, confirmed.length)).toEqual(confirmed);
        await database.sql(`INSERT INTO kept VALUES (1000, 'after')`);
        await closeAll();
        await until(() => serverPid(folder) === null);
      } finally {
        execFileSync('umount', ['-l', folder]);
      }
    },
    200_000,
  );
});

/** Another process that uses the database until it is killed. */
function user(folder: string): ChildProcess {
  const module = `${root}extension/hosts/fleet/database/open.ts`;
  const code = `const { openDatabase } = await import(${JSON.stringify(module)});
    const log = { error() {}, warn() {}, info() {}, debug() {} };
    const database = await openDatabase({ url: ${JSON.stringify(embeddedUrl(folder))} }, {}, log);
    setInterval(() => database.sql('SELECT 1'), 100);`;
  return spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', code], { stdio: 'ignore' });
}

function servers(folder: string): string[] {
  const lines = execFileSync('ps', ['-A', '-o', 'args='], { encoding: 'utf8' }).split('\n');
  return lines.filter((line) => line.includes('embedded/server') && line.endsWith(` ${folder}`));
}

const count = (text: string) => text.split('fsync(').length - 1;

function hasStrace(): boolean {
  try {
    execFileSync('strace', ['-e', 'trace=fsync', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function mounts(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', 'none', folder], { stdio: 'ignore' });
    execFileSync('umount', [folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
