import { DatabaseError } from './failure.ts';

/** Of the tables of pg-boss that this program's statements are written for. */
export const schemaVersion = 42;

/** The version of pg-boss that makes them. */
export const engineVersion = '12.34.0';

/** The schema that holds all that the fleet keeps; needs no quotes. */
export const schemaName = 'ue_aws_lambda';

type Run = (text: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;

export interface State {
  /** Whether the tables are there already. */
  readonly installed: boolean;
  /** A read replica: it can be asked, and nothing more. */
  readonly isReplica: boolean;
  /** Whether the server itself keeps what it has confirmed. */
  readonly isDurable: boolean;
}

/** Refuses a database on which a function could run twice, or that these statements do not fit. */
export async function check(run: Run, where: string): Promise<State> {
  const [server = {}] = await run(
    `SELECT current_setting('server_version_num')::int AS version, current_setting('synchronous_commit') AS commits,
            current_setting('fsync') AS fsync, pg_is_in_recovery() AS replica,
            to_regclass('${schemaName}.version') IS NOT NULL AS installed`,
  );
  if (Number(server.version) < 130_000) {
    throw new DatabaseError(`${where} is older than PostgreSQL 13; the fleet needs 13 or newer`);
  }
  if (server.commits === 'off') {
    throw new DatabaseError(
      `${where} has synchronous_commit off: a crash could forget that a function was called, and it would run again. Turn it on for this user: ALTER ROLE ... SET synchronous_commit = on`,
    );
  }
  const state = {
    installed: server.installed === true,
    isReplica: server.replica === true,
    isDurable: server.fsync === 'on',
  };
  if (state.installed) await checkSchema(run, where);
  else if (state.isReplica)
    throw new DatabaseError(`${where} is a read replica and holds no fleet; start a worker on its primary first`);
  return state;
}

async function checkSchema(run: Run, where: string): Promise<void> {
  const [row] = await run(`SELECT version FROM ${schemaName}.version`);
  const found = Number(row?.version);
  if (found === schemaVersion) return;
  const has = `${where} holds tables of version ${found} in its schema ${schemaName}, and this program works with version ${schemaVersion}`;
  throw new DatabaseError(
    found > schemaVersion
      ? `${has}: a newer ue-aws-lambda has been here. Use that one`
      : `${has}. Stop every worker, make a backup, and bring them up: npx pg-boss@${engineVersion} migrate --schema ${schemaName} --connection-string "$DATABASE_URL"`,
  );
}
