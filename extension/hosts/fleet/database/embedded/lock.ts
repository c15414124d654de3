import { createRequire } from 'node:module';

interface Sqlite {
  readonly DatabaseSync: new (path: string) => { exec(sql: string): void; close(): void };
}

/**
 * Takes the lock of a file for as long as this process lives; false when another process has it. SQLite's own lock is used,
 * as Node has no other that the system gives back when its holder is killed.
 */
export function takeLock(path: string): boolean {
  const { DatabaseSync } = createRequire(import.meta.url)('node:sqlite') as Sqlite;
  const file = new DatabaseSync(path);
  try {
    file.exec('PRAGMA busy_timeout = 0');
    file.exec('PRAGMA journal_mode = OFF'); // nothing is written, so that a full disk does not matter
    file.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    file.close();
    if (/locked|busy/i.test((error as Error).message)) return false;
    throw error;
  }
  held.push(file);
  return true;
}

/** Kept, so that none is closed by being collected. */
const held: unknown[] = [];
