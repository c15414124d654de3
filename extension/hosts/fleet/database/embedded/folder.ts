import { mkdirSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Environment } from '../../../../ports.ts';
import { DatabaseError } from '../failure.ts';

/** What is in the folder of an embedded database. */
export interface Folder {
  readonly path: string;
  /** Locked while a server runs over it. */
  readonly lock: string;
  /** Speaks PostgreSQL's protocol; its name is the one that clients of PostgreSQL look for. */
  readonly socket: string;
  /** Rings from one process to the others, and tells the server who still needs it. */
  readonly bell: string;
  readonly log: string;
}

export function folderOf(path: string): Folder {
  const at = (name: string) => join(path, name);
  return { path, lock: at('lock'), socket: at('.s.PGSQL.5432'), bell: at('bell'), log: at('server.log') };
}

/** Where the embedded database of this user is unless told otherwise. */
export function defaultFolder({ XDG_DATA_HOME, HOME = homedir() }: Environment): string {
  if (process.platform === 'darwin') return join(HOME, 'Library/Application Support/ue-aws-lambda/fleet');
  return join(XDG_DATA_HOME || join(HOME, '.local/share'), 'ue-aws-lambda/fleet');
}

/** The longest path of a socket that the system takes (bytes, with its end). */
const longestSocket = process.platform === 'linux' ? 108 : 104;

/**
 * Makes the folder for this user alone. Whoever can reach the socket in it is the database's superuser, so one that others
 * own or can open is refused.
 */
export function prepareFolder(given: string): Folder {
  const absolute = resolve(given);
  const refuse = (message: string) => new DatabaseError(`the folder of the embedded database, ${absolute}, ${message}`);
  try {
    makeFolder(absolute);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw refuse(`cannot be made (${code}); name another with --database embedded:/PATH, or use PostgreSQL`);
  }
  const found = statSync(absolute);
  if (!found.isDirectory()) throw refuse('is no folder');
  const { uid, mode } = found;
  const user = process.geteuid?.();
  if (user !== undefined && uid !== user) throw refuse(`belongs to another user (${uid}); use a folder of your own`);
  if ((mode & 0o077) !== 0)
    throw refuse(`is open to other users (mode ${(mode & 0o777).toString(8)}); run chmod 700 on it`);
  const folder = folderOf(realpathSync(absolute));
  const length = Buffer.byteLength(folder.socket) + 1;
  if (length > longestSocket) {
    throw refuse(
      `has too long a path for a socket in it (${length} bytes of ${longestSocket}); name a shorter one with --database embedded:/PATH`,
    );
  }
  return folder;
}

/** With its parents, one after the other: Node's own way never ends where nothing can be made, such as in /proc. */
function makeFolder(path: string, hasParent = false): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || hasParent) throw error;
    makeFolder(dirname(path));
    makeFolder(path, true);
  }
}
