import { type FileHandle, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ValidationError } from '../../errors.ts';

/** A place on the disk that is known to be writable. */
export interface OutputFile {
  /** Puts the parts there, one behind the other, whole or not at all. */
  write(parts: readonly string[]): Promise<void>;
}

/** Makes sure that a file can be written, by opening it. Throws ValidationError. */
export async function reserve(path: string): Promise<OutputFile> {
  try {
    const isSpecial = await stat(path).then(
      (found) => !found.isFile(),
      () => false,
    );
    return isSpecial ? await openSpecial(path) : await openBeside(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ValidationError([
      {
        field: null,
        message: `the output file cannot be written (${code}); check the path and its permissions: ${path}`,
      },
    ]);
  }
}

/** A device or a pipe, such as /dev/null, is written in place. A folder fails here. */
async function openSpecial(path: string): Promise<OutputFile> {
  const file = await open(path, 'w');
  return { write: (parts) => fill(file, parts) };
}

/** A regular file is written beside its place and renamed, so that no reader ever sees half of it. */
async function openBeside(path: string): Promise<OutputFile> {
  await sweep(path);
  const temporary = join(dirname(path), temporaryName(path, process.pid));
  const file = await open(temporary, 'wx', 0o600);
  return {
    async write(parts) {
      try {
        await fill(file, parts);
        await renamePatiently(temporary, path);
        await syncFolder(dirname(path));
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    },
  };
}

async function fill(file: FileHandle, parts: readonly string[]): Promise<void> {
  try {
    for (const part of parts) await file.writeFile(part);
    await file.sync().catch(ignoreUnsyncable);
  } finally {
    await file.close();
  }
}

/** Devices and pipes cannot be synced. */
function ignoreUnsyncable(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EINVAL' && error.code !== 'ENOTSUP' && error.code !== 'EROFS') throw error;
}

/** Windows refuses to rename over a file that someone has open; they usually let go soon. */
async function renamePatiently(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await rename(from, to);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if ((code !== 'EPERM' && code !== 'EBUSY' && code !== 'EACCES') || attempt === 10) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20 * attempt));
    }
  }
}

async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  await folder
    .sync()
    .catch(ignoreUnsyncable)
    .finally(() => folder.close());
}

/** Removes what killed runs left behind for the same output. */
async function sweep(path: string): Promise<void> {
  for (const name of await readdir(dirname(path))) {
    const pid = Number(/\.(\d+)\.tmp$/.exec(name)?.[1]);
    if (name !== temporaryName(path, pid) || isAlive(pid)) continue;
    await rm(join(dirname(path), name), { force: true });
  }
}

function temporaryName(path: string, pid: number): string {
  return `.${basename(path)}.${pid}.tmp`;
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false; // a number that came round again
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
