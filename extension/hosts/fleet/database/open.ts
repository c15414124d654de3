import type { Environment, Log } from '../../../ports.ts';
import { requireNode } from '../node-version.ts';
import type { Database, DatabaseOptions } from './database.ts';
import { openPostgres } from './postgres.ts';

/** Opens the database of a fleet: that of --database, else of DATABASE_URL, else the embedded one. */
export async function openDatabase(options: DatabaseOptions, environment: Environment, log: Log): Promise<Database> {
  requireNode();
  const given = options.url !== undefined ? '--database' : 'DATABASE_URL';
  const url = options.url ?? environment.DATABASE_URL;
  if (url !== undefined && url !== '') return openPostgres(url, given, options, environment, log);
  throw new Error('there is no embedded database yet: give --database or DATABASE_URL');
}
