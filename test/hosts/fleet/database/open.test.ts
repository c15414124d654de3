import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { engineVersion, schemaVersion } from '../../../../extension/hosts/fleet/database/checks.ts';
import type { Database, DatabaseOptions } from '../../../../extension/hosts/fleet/database/database.ts';
import { openDatabase } from '../../../../extension/hosts/fleet/database/open.ts';
import { ensureQueue } from '../../../../extension/hosts/fleet/database/queue.ts';
import type { Environment } from '../../../../extension/ports.ts';
import {
  type Owner,
  type Postgres,
  postgresPrograms,
  startPostgres,
  withoutPostgres,
} from '../../../support/postgres.ts';
import { recorder } from '../../../support/recorder.ts';
import { root } from '../../../support/run-program.ts';
import { until } from '../../../support/until.ts';

const open = (url: string, options: DatabaseOptions = {}, environment: Environment = {}, log = recorder()) =>
  openDatabase({ url, ...options }, environment, log);

/** The sentence with which a database is refused. */
async function refusal(url: string, environment: Environment = {}, options: DatabaseOptions = {}): Promise<string> {
  const opened = await open(url, options, environment).catch((error: Error) => error);
  if (opened instanceof Error) return opened.message;
  await opened.close();
  throw new Error('it was opened');
}

test('the schema and the version of pg-boss are those of the package', async () => {
  const manifest = readFileSync(`${root}node_modules/pg-boss/package.json`, 'utf8');
  expect(JSON.parse(manifest)).toMatchObject({ version: engineVersion, pgboss: { schema: schemaVersion } });
});

describe.each<readonly [string, string]>([
  ['mysql://host/db', '--database is not the URL of a PostgreSQL'],
  ['host=db user=me', '--database is not the URL of a PostgreSQL'],
  ['postgres://me:s3cret@host:99999/db', '--database is not the URL of a PostgreSQL'],
  ['postgres://me:12#s3cret@host/db', '--database is not the URL of a PostgreSQL'],
  ['postgres://me:12/s3cret@host', '--database is not the URL of a PostgreSQL'],
  ['postgres://me:12?s3cret@host/db', '--database is not the URL of a PostgreSQL'],
  ['postgres://me:s3cret@a,b/db', 'names several hosts'],
  ['postgres://me:s3cret@host/db?sslmode=strict', 'sslmode that does not exist'],
  ['postgres://me:s3cret@host/db?colour=red', 'parameters that are not known here: colour'],
  ['postgres://me:s3cret%@host/db', 'write it as %25'],
  [
    'postgres://me:s3cret@host/db?sslmode=verify-full&sslrootcert=/nowhere',
    'sslrootcert: /nowhere cannot be read (ENOENT)',
  ],
  ['postgres://me:s3cret@host/db?sslmode=verify-ca&sslrootcert=system', 'verify-ca needs sslrootcert=FILE'],
  [
    'postgres://me:s3cret@no-such-host.invalid/db',
    'PostgreSQL at no-such-host.invalid:5432, database db cannot be opened',
  ],
  ['postgres://me:s3cret@127.0.0.1:1/db', 'check that PostgreSQL runs there'],
  ['postgres://me:s3cret@/db?host=/nowhere', 'PostgreSQL at /nowhere/.s.PGSQL.5432, database db cannot be opened'],
])('%s is refused', (url, sentence) => {
  test('in a sentence without the password', async () => {
    const message = await refusal(url);
    expect(message).toContain(sentence);
    expect(message).not.toContain('s3cret');
  });
});

test('DATABASE_URL is named when it is wrong', async () => {
  const failed = openDatabase({}, { DATABASE_URL: 'nonsense' }, recorder());
  await expect(failed).rejects.toThrow('DATABASE_URL is not the URL');
});

test('a host that does not answer is given up after connect_timeout', async () => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  await until(() => silent.listening);
  const { port } = silent.address() as { port: number };
  try {
    expect(await refusal(`postgres://me@127.0.0.1:${port}/db?connect_timeout=2`)).toContain('timeout');
  } finally {
    silent.close();
    silent.unref();
  }
});

if (postgresPrograms === null) {
  test.skip(withoutPostgres, () => {});
} else {
  describe('PostgreSQL', () => {
    let server: Postgres;
    const opened: Database[] = [];
    const openHere = async (options: DatabaseOptions = {}, log = recorder()) => {
      const database = await open(server.url, options, {}, log);
      opened.push(database);
      return database;
    };

    beforeAll(async () => {
      server = await startPostgres({ prepare: certificates, settings: { ssl: 'on', ssl_ca_file: 'root.crt' } });
    });
    afterAll(async () => {
      for (const database of opened) await database.close();
      await server?.remove();
    });

    test.each<readonly [DatabaseOptions, boolean]>([
      [{}, false],
      [{ submits: true }, true],
      [{ looksAfter: true }, true],
    ])('with fsync off and %j it warns: %j', async (options, warns) => {
      const log = recorder();
      await openHere(options, log);
      expect(log.lines.some((line) => line.startsWith('warn') && line.includes('has fsync off'))).toBe(warns);
    });

    test('is made ready by the first start, also by several at once', async () => {
      await Promise.all(Array.from({ length: 4 }, () => openHere()));
      const [row] = await server.sql('SELECT version FROM ue_aws_lambda.version');
      expect(row).toEqual({ version: schemaVersion });
    });

    test('is said in the first line, without user and password', async () => {
      const log = recorder();
      await openHere({}, log);
      expect(log.lines.filter((line) => line.startsWith('info'))[0]).toBe(
        `info database: PostgreSQL at 127.0.0.1:${server.port}, database postgres`,
      );
    });

    test('runs jobs of a queue that never runs one again', async () => {
      const database = await openHere();
      await ensureQueue(database, 'lambda');
      await database.boss.updateQueue('lambda', { retryLimit: 5, expireInSeconds: 9 });
      await ensureQueue(database, 'lambda');
      const id = await database.boss.send('lambda', { a: 1 });
      const [job] = await database.boss.fetch('lambda', { includeMetadata: true });
      expect(job).toMatchObject({ id, data: { a: 1 }, retryLimit: 0, expireInSeconds: 86_400, heartbeatSeconds: null });
    });

    test('refuses a queue in which the engine would end jobs by itself', async () => {
      const database = await openHere();
      await database.boss.createQueue('beating', { heartbeatSeconds: 10 });
      await expect(ensureQueue(database, 'beating')).rejects.toThrow('the queue beating has heartbeatSeconds');
    });

    describe.each<readonly [string, string, string]>([
      [
        'a newer schema',
        `UPDATE ue_aws_lambda.version SET version = 46`,
        'a newer ue-aws-lambda has been here. Use that one',
      ],
      [
        'an older schema',
        `UPDATE ue_aws_lambda.version SET version = 41`,
        'npx pg-boss@12.34.0 migrate --schema ue_aws_lambda',
      ],
      ['synchronous_commit off', `ALTER ROLE postgres SET synchronous_commit = off`, 'synchronous_commit off'],
    ])('%s', (_, statement, sentence) => {
      beforeAll(async () => {
        await openHere();
        await server.sql(statement);
      });
      afterAll(async () => {
        await server.sql(`UPDATE ue_aws_lambda.version SET version = ${schemaVersion}`);
        await server.sql('ALTER ROLE postgres RESET synchronous_commit');
      });
      test('is refused with what to do', async () => expect(await refusal(server.url)).toContain(sentence));
    });

    test('a user who may not make the schema is told what is missing', async () => {
      await server.sql('CREATE DATABASE other');
      await server.sql('CREATE ROLE small LOGIN');
      const url = server.url.replace('postgres@', 'small@').replace('/postgres', '/other');
      expect(await refusal(url)).toMatch(/permission denied for database other; the user needs CREATE/);
    });

    test.each([
      ['no_such_user', 'postgres', /role "no_such_user" does not exist/],
      ['postgres', 'no_such_database', /database "no_such_database" does not exist; create it/],
    ])('user %s, database %s', async (user, database, sentence) => {
      const url = `postgres://${user}:s3cret@127.0.0.1:${server.port}/${database}`;
      expect(await refusal(url)).toMatch(sentence);
    });

    describe('a wake', () => {
      test('reaches who waits for that queue, and nobody else', async () => {
        const [a, b] = [await openHere(), await openHere()];
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

      test('comes by itself after a connection that broke, and the next ones come again', async () => {
        const [a, b] = [await openHere(), await openHere()];
        let heard = 0;
        await a.onWake('lambda', () => heard++);
        await server.cut();
        await until(() => heard === 1);
        await b.wake('lambda');
        await until(() => heard === 2);
      });
    });

    describe('a database that goes away', () => {
      test.each(['fast', 'immediate'] as const)('restarted (%s): statements wait for it', async (mode) => {
        const log = recorder();
        const database = await openHere({ looksAfter: true }, log);
        await database.sql('SELECT 1');
        await server.stop(mode);
        const asked = database.sql<{ two: number }>('SELECT 2 AS two');
        const queues = database.boss.getQueues();
        await until(() => log.lines.some((line) => line.includes('is away')));
        await server.start();
        expect(await asked).toEqual([{ two: 2 }]);
        expect((await queues).length).toBeGreaterThan(0);
        expect(log.lines.join()).toContain('is back');
      });

      test('cut at random: every statement is answered', async () => {
        const database = await openHere();
        let isDone = false;
        const cutting = (async () => {
          while (!isDone) await server.cut((pid) => pid % 2 === 0 || Math.random() < 0.5);
        })();
        const numbers = Array.from({ length: 300 }, (_, number) => number);
        const rows = await Promise.all(numbers.map((n) => database.sql<{ n: number }>('SELECT $1::int AS n', [n])));
        isDone = true;
        await cutting;
        expect(rows.map(([row]) => row?.n)).toEqual(numbers);
      });

      test('paused: what was asked is answered afterwards', async () => {
        const database = await openHere();
        server.pause();
        const asked = database.sql('SELECT 3 AS three');
        const first = await Promise.race([asked, new Promise((resolve) => setTimeout(resolve, 300, 'nothing'))]);
        server.resume();
        expect([first, await asked]).toEqual(['nothing', [{ three: 3 }]]);
      });

      test('a statement that is wrong is not tried again', async () => {
        const database = await openHere();
        await expect(database.sql('SELECT nonsense')).rejects.toMatchObject({ code: '42703' });
      });
    });

    describe('TLS', () => {
      const tls = async (parameters: string, host = 'localhost') => {
        const database = await open(`postgres://postgres@${host}:${server.port}/postgres?${parameters}`);
        try {
          const [row] = await database.sql<{ ssl: boolean }>(
            'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
          );
          return row?.ssl;
        } finally {
          await database.close();
        }
      };
      const trusted = () => `${server.folder}/data/root.crt`;

      test.each([
        ['sslmode=disable', false],
        ['sslmode=allow', false],
        ['', true],
        ['sslmode=prefer', true],
        ['sslmode=require', true],
        ['sslmode=require&sslrootcert=ROOT', true],
        ['sslmode=verify-ca&sslrootcert=ROOT', true],
        ['sslmode=verify-full&sslrootcert=ROOT', true],
      ])('%s: %s', async (parameters, expected) => {
        expect(await tls(parameters.replace('ROOT', trusted()))).toBe(expected);
      });

      test('verify-full refuses a name that the certificate does not have; verify-ca does not look', async () => {
        const at = (mode: string) =>
          `postgres://postgres@127.0.0.1:${server.port}/postgres?sslmode=${mode}&sslrootcert=${trusted()}`;
        expect(await refusal(at('verify-full'))).toMatch(/does not match .*use a host name of the certificate/);
        expect(await tls(`sslmode=verify-ca&sslrootcert=${trusted()}`, '127.0.0.1')).toBe(true);
      });

      test.each(['verify-full', 'require', 'verify-ca'])(
        '%s refuses a certificate that others have signed',
        async (mode) => {
          const other = `${server.folder}/other.crt`;
          execFileSync(
            'openssl',
            [
              'req',
              '-x509',
              '-newkey',
              'rsa:2048',
              '-nodes',
              '-keyout',
              '/dev/null',
              '-out',
              other,
              '-subj',
              '/CN=other',
            ],
            { stdio: 'ignore' },
          );
          const message = await refusal(
            `postgres://postgres@localhost:${server.port}/postgres?sslmode=${mode}&sslrootcert=${other}`,
          );
          expect(message).toMatch(/name the certificates to trust by sslrootcert=FILE/);
        },
      );
    });
  });

  describe('PostgreSQL without TLS, with passwords', () => {
    let server: Postgres;
    beforeAll(async () => {
      server = await startPostgres({ access: ['local all all trust', 'host all all 127.0.0.1/32 scram-sha-256'] });
      await server.sql(`ALTER ROLE postgres PASSWORD 's3cret/%'`);
    });
    afterAll(() => server?.remove());
    const at = (password: string, parameters = '') =>
      `postgres://postgres${password}@127.0.0.1:${server.port}/postgres${parameters}`;

    test('the password comes from the URL or PGPASSWORD', async () => {
      await (await open(at(':s3cret%2F%25'))).close();
      await (await open(at(''), {}, { PGPASSWORD: 's3cret/%' })).close();
    });

    test('a wrong password is not repeated', async () => {
      const message = await refusal(at(':wr0ng'));
      expect(message).toMatch(/password authentication failed for user "postgres"; check the user and the password/);
      expect(message).not.toContain('wr0ng');
    });

    test('none at all is said', async () =>
      expect(await refusal(at(''))).toContain('give it in PGPASSWORD or the URL'));

    test('sslmode=require is refused, prefer goes on without', async () => {
      expect(await refusal(at(':s3cret%2F%25', '?sslmode=require'))).toContain('it does not offer TLS');
      await (await open(at(':s3cret%2F%25', '?sslmode=prefer'))).close();
    });

    test('the socket needs neither', async () => {
      await (await open(server.socketUrl)).close();
    });
  });
}

/** A root and a certificate of the name localhost, as the server wants to have them. */
function certificates(folder: string, owner: Owner | undefined): void {
  const run = (...words: string[]) => execFileSync('openssl', words, { cwd: folder, stdio: 'ignore' });
  run(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    'root.key',
    '-out',
    'root.crt',
    '-subj',
    '/CN=test root',
  );
  run(
    'req',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    'server.key',
    '-out',
    'server.csr',
    '-subj',
    '/CN=localhost',
    '-addext',
    'subjectAltName=DNS:localhost',
  );
  run(
    'x509',
    '-req',
    '-in',
    'server.csr',
    '-CA',
    'root.crt',
    '-CAkey',
    'root.key',
    '-CAcreateserial',
    '-copy_extensions',
    'copy',
    '-out',
    'server.crt',
  );
  for (const file of ['server.key', 'server.crt', 'root.crt']) {
    if (owner !== undefined) chownSync(`${folder}/${file}`, owner.uid, owner.gid);
    chmodSync(`${folder}/${file}`, file === 'server.key' ? 0o600 : 0o644);
  }
  chmodSync(folder, 0o700);
}
