import { fileURLToPath } from 'node:url';
import type { Environment, Log } from '../../../ports.ts';
import { requireNode } from '../node-version.ts';
import type { Database, DatabaseOptions } from './database.ts';
import { DatabaseError } from './failure.ts';

/**
 * Opens the database of a fleet: that of --database, else of DATABASE_URL, else the embedded one. `embedded:` and
 * `embedded:/PATH` ask for the embedded one by name.
 */
export async function openDatabase(options: DatabaseOptions, environment: Environment, log: Log): Promise<Database> {
  requireNode();
  const source = options.url !== undefined ? '--database' : 'DATABASE_URL';
  const url = options.url ?? environment.DATABASE_URL ?? '';
  const isEmbedded = url === '' || url.startsWith('embedded:');
  if (!isEmbedded) {
    const { openPostgres } = await import('./postgres.ts');
    return openPostgres(url, source, options, environment, log);
  }
  const { openEmbedded } = await import('./embedded/embedded.ts');
  const folder = folderOf(url, source) ?? options.folder;
  return openEmbedded({ ...options, ...(folder !== undefined && { folder }) }, environment, log);
}

function folderOf(url: string, source: string): string | undefined {
  if (url === '' || url === 'embedded:') return undefined;
  try {
    return fileURLToPath(new URL(url.replace(/^embedded:/, 'file:')));
  } catch {
    const message = `${source} names no folder: embedded:/PATH, with each special character percent-encoded`;
    throw new DatabaseError(message, 'address');
  }
}
