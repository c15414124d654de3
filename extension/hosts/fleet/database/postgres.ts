import pg from 'pg';
import type { Environment, Log } from '../../../ports.ts';
import { type Address, addressOf } from './address.ts';
import { startBoss } from './boss.ts';
import { check, schemaName } from './checks.ts';
import type { Database, DatabaseOptions } from './database.ts';
import { type Encryption, encryptionsOf } from './encryption.ts';
import { DatabaseError, hasNoTls, openingFailed } from './failure.ts';
import { channel, listenTo } from './listener.ts';
import { statementsOf } from './statements.ts';

/** How long a statement may take (ms): a connection that says nothing for longer is taken for dead. */
const longest = 120_000;

const connections = 10;

/** Opens the PostgreSQL of a URL; `source` says how people gave it. */
export async function openPostgres(
  url: string,
  source: string,
  options: DatabaseOptions,
  environment: Environment,
  log: Log,
): Promise<Database> {
  const address = addressOf(url, source, environment);
  const { where, password = '' } = address;
  const secrets = [password, address.tls.keyPassword ?? ''];
  try {
    const encryption = await encryptionThatWorks(address);
    if (encryption === false && !address.isLocal) {
      log.warn(`${where}: the connection is not encrypted; add sslmode=verify-full to the URL`);
    }
    return await openWith(configOf(address, encryption), urlFor(address, encryption), address, options, log);
  } catch (error) {
    throw openingFailed(where, error, secrets);
  }
}

async function openWith(
  config: pg.ClientConfig,
  connection: string,
  { where }: Address,
  options: DatabaseOptions,
  log: Log,
): Promise<Database> {
  const pool = new pg.Pool({ ...config, max: connections, query_timeout: longest });
  const statements = statementsOf({ pool, where, log });
  try {
    const state = await check(async (text) => (await pool.query(text)).rows, where);
    if (state.isReplica && options.looksAfter) {
      throw new DatabaseError(`${where} is a read replica: a worker needs the primary`);
    }
    if (!state.isDurable && (options.looksAfter || options.submits)) {
      log.warn(`${where} has fsync off: a crash of its host can lose jobs, and run functions again`);
    }
    log.info(`database: ${where}${state.isReplica ? ' (a read replica)' : ''}`);
    const engine = await startBoss(statements, state, options, log);
    const listener = listenTo(config, where, log);
    return {
      ...{ boss: engine.boss, schema: schemaName, where, connection, embedded: false },
      sql: async (text, values = []) => (await statements.run(text, values, true)).rows,
      async wake(queue) {
        await statements.run('SELECT pg_notify($1, $2)', [channel, queue], true).catch((error: Error) => {
          log.debug(`${where}: the workers were not woken (${error.message}); they look by themselves`);
        });
      },
      onWake: listener.onWake,
      async close() {
        await listener.close();
        await engine.stop();
        await statements.close();
      },
    };
  } catch (error) {
    await statements.close();
    throw error;
  }
}

/** Tries what sslmode allows, in its order. Decided once: no later connection goes without TLS because a first one could not. */
async function encryptionThatWorks(address: Address): Promise<Encryption> {
  const [first = false, second] = encryptionsOf(address);
  try {
    await tryOnce(configOf(address, first));
    return first;
  } catch (error) {
    const isWorthAnother = hasNoTls(error) || (first === false && (error as { code?: string }).code === '28000');
    if (second === undefined || !isWorthAnother) throw error;
    await tryOnce(configOf(address, second));
    return second;
  }
}

async function tryOnce(config: pg.ClientConfig): Promise<void> {
  const client = new pg.Client(config);
  client.on('error', () => {});
  try {
    await client.connect();
  } finally {
    await client.end().catch(() => {});
  }
}

function configOf(address: Address, ssl: Encryption): pg.ClientConfig {
  const { host, port, user, password, database, applicationName, options, timeout } = address;
  return {
    ...{ host, port, ssl, application_name: applicationName, connectionTimeoutMillis: timeout, keepAlive: true },
    ...(user !== undefined && { user }),
    ...(password !== undefined && { password }),
    ...(database !== undefined && { database }),
    ...(options !== undefined && { options }),
  };
}

/** For a client that reads URLs as pg does, which differs from libpq unless asked. */
function urlFor(address: Address, encryption: Encryption): string {
  const { host, port, user = '', password = '', database = '', tls, options } = address;
  const isPlain = encryption === false;
  const parameters = new URLSearchParams({
    host,
    port: String(port),
    uselibpqcompat: 'true',
    sslmode: isPlain ? 'disable' : tls.mode === 'allow' ? 'require' : tls.mode,
    ...(!isPlain && tls.rootFile !== undefined && tls.rootFile !== 'system' && { sslrootcert: tls.rootFile }),
    ...(!isPlain && tls.certificateFile !== undefined && { sslcert: tls.certificateFile }),
    ...(!isPlain && tls.keyFile !== undefined && { sslkey: tls.keyFile }),
    ...(options !== undefined && { options }),
  });
  const who = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
  return `postgres://${who}@localhost/${encodeURIComponent(database)}?${parameters}`;
}
