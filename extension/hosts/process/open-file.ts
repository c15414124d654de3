import { randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { dirname, sep } from 'node:path';
import type { FileWriter, OpenFile } from '../../ports.ts';
import { Appender } from './appender.ts';
import { fileError, notRegular } from './file-error.ts';
import { atOnce, close, fchmod, fchown, fstat, fsync, ftruncate, open, rename, stat } from './fs.ts';
import { isDescriptor, targetOf } from './links.ts';
import { assertReplaceable } from './replaceable.ts';
import { keepTemporary, openTemporary, removeTemporary, type TemporaryFile } from './temporary-file.ts';

/**
 * Opens a file for writing. A regular file is written beside its place and renamed, so that no reader ever sees half of
 * it; a symbolic link stays and its target is replaced. A character device, such as /dev/null, and a descriptor of this
 * process, such as /dev/stdout, are written in place. All else is refused with FileError: a FIFO would wait for a reader.
 */
export const openFile: OpenFile = async (path) => {
  try {
    const target = await targetOf(path);
    if (isDescriptor(target)) return await openInPlace(target, constants.O_APPEND);
    const found = await statOrNull(target);
    if (found?.isCharacterDevice()) return await openInPlace(target, 0);
    if (found !== null && !found.isFile()) throw notRegular(found, 'written');
    if (found === null) assertFileName(target);
    return await openBeside(target, found);
  } catch (error) {
    throw fileError(error, 'written');
  }
};

async function statOrNull(path: string): Promise<Stats | null> {
  try {
    return await stat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** What would otherwise show only when the file gets its name. */
function assertFileName(path: string): void {
  if (path === '') throw fileError({ code: 'ENOENT' }, 'written');
  if (path.endsWith('/') || path.endsWith(sep)) throw fileError({ code: 'EISDIR' }, 'written');
}

async function openInPlace(path: string, flags: number): Promise<FileWriter> {
  const file = await open(path, constants.O_WRONLY | flags | atOnce);
  const appender = new Appender(file, null);
  const finish = async () => {
    await appender.end();
    await sync(file);
  };
  return {
    write: (chunk) => written(appender.append(chunk)),
    commit: () => written(finish().finally(() => appender.close())),
    discard: () => appender.close().catch(() => {}),
  };
}

async function openBeside(target: string, replaced: Stats | null): Promise<FileWriter> {
  if (replaced !== null) await assertReplaceable(target, replaced);
  const temporary = await openTemporary(target);
  try {
    if (replaced !== null) await copyOwnerAndMode(temporary.file, replaced);
    await reserve(temporary.file);
  } catch (error) {
    await close(temporary.file);
    await removeTemporary(temporary.path);
    throw error;
  }
  return replacement(temporary, target);
}

function replacement({ path, file }: TemporaryFile, target: string): FileWriter {
  const appender = new Appender(file, 0);
  let isCommitted = false;
  const discard = async () => {
    if (isCommitted) return;
    await appender.close().catch(() => {});
    await removeTemporary(path);
  };
  const commit = async () => {
    await ftruncate(file, (await appender.end()) ?? 0);
    await sync(file);
    await appender.close();
    await renamePatiently(path, target);
    isCommitted = true;
    keepTemporary(path);
    await syncFolder(dirname(target));
  };
  return {
    write: (chunk) => written(appender.append(chunk)),
    commit: () => written(commit()).catch((error) => discard().then(() => Promise.reject(error))),
    discard,
  };
}

/** Gives faults while writing the form of all others. */
async function written(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    throw fileError(error, 'written');
  }
}

/**
 * Takes space on the disk before anything is sent: enough for every answer but a large payload. The space is kept until
 * it is overwritten. Random bytes, since some file systems store blocks of zeros as nothing.
 */
async function reserve(file: number): Promise<void> {
  const appender = new Appender(file, 0);
  await appender.append(randomBytes(reserved));
}

const reserved = 2 ** 16;

/** A new file belongs to the user who runs the task; one that takes the place of another is as open as that one was. */
async function copyOwnerAndMode(file: number, { uid, gid, mode }: Stats): Promise<void> {
  const own = await fstat(file);
  const isTheirs = (own.uid === uid && own.gid === gid) || (await mayFail(fchown(file, uid, gid)));
  // Where the owner cannot be kept, the group is another one, and gets no more than everybody.
  const group = isTheirs ? mode : mode & (mode << 3);
  await mayFail(fchmod(file, (mode & 0o707) | (group & 0o070)));
}

function mayFail(work: Promise<void>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}

async function sync(file: number): Promise<void> {
  await fsync(file).catch(ignoreUnsyncable);
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
      const isHeld = code === 'EPERM' || code === 'EBUSY' || code === 'EACCES';
      if (process.platform !== 'win32' || !isHeld || attempt === 10) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20 * attempt));
    }
  }
}

/** Makes the new name durable. A folder that may not be read can be written, but not synced. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, constants.O_RDONLY).catch(() => null);
  if (folder === null) return;
  await sync(folder).finally(() => close(folder));
}
