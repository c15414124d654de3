import { constants, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { FileError } from './file-error.ts';
import { access, realpath, stat } from './fs.ts';
import { readFile } from './read-file.ts';

/** Throws when a file that exists could not be replaced by renaming, which would show only when all is done. */
export async function assertReplaceable(path: string, found: Stats): Promise<void> {
  await access(path, constants.W_OK); // renaming does not ask, but who made it read-only meant it
  if (process.platform === 'win32') return;
  await assertOwned(path, found);
  if (await isMountPoint(path)) {
    throw new FileError('EBUSY', 'is a mount point and cannot be replaced; mount its directory, or give another path');
  }
}

/** In a folder such as /tmp only the owner of a file, or of the folder, may replace it. */
async function assertOwned(path: string, found: Stats): Promise<void> {
  const user = process.geteuid?.() ?? 0;
  const folder = await stat(dirname(path));
  const isSticky = (folder.mode & 0o1000) !== 0;
  if (isSticky && user !== 0 && user !== found.uid && user !== folder.uid) {
    throw new FileError('EPERM', 'belongs to another user, in a directory where only its owner may replace it');
  }
}

/** A single file can be mounted into a container; it can be written, but not replaced. */
async function isMountPoint(path: string): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  try {
    const table = Buffer.from(await readFile('/proc/self/mountinfo', 2 ** 24)).toString('utf8');
    const own = await realpath(path);
    return table.split('\n').some((line) => unescaped(line.split(' ')[4] ?? '') === own);
  } catch {
    return false; // where there is no such table, renaming will show it
  }
}

function unescaped(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
}
