import { constants } from 'node:fs';
import { fileError, notRegular, tooLarge } from './file-error.ts';
import { atOnce, close, fstat, open, read, stat } from './fs.ts';

/**
 * Reads a regular file, also through symbolic links. Throws FileError when it is none, or when it has more bytes than
 * the limit, of which it never reads more than one: a file may grow while it is read, and some of /proc have no end.
 */
export async function readFile(path: string, limit: number): Promise<Buffer> {
  try {
    // Looked at first: to open a FIFO releases whoever writes to it, and to open a device may do anything.
    const found = await stat(path);
    if (!found.isFile()) throw notRegular(found, 'read');
    const file = await open(path, constants.O_RDONLY | atOnce);
    try {
      return await readOpen(file, limit);
    } finally {
      await close(file);
    }
  } catch (error) {
    throw fileError(error, 'read');
  }
}

async function readOpen(file: number, limit: number): Promise<Buffer> {
  const found = await fstat(file); // it may be another one by now
  if (!found.isFile()) throw notRegular(found, 'read');
  if (found.size > limit) throw tooLarge(limit, found.size);
  let bytes: Buffer = Buffer.allocUnsafe(Math.min(limit, Math.max(found.size, smallest)) + 1);
  for (let length = 0; ; ) {
    const { bytesRead } = await read(file, bytes, length, bytes.length - length, null);
    length += bytesRead;
    if (bytesRead === 0) return bytes.subarray(0, length);
    if (length > limit) throw tooLarge(limit, null);
    if (length === bytes.length) bytes = grown(bytes, Math.min(limit + 1, 2 * length));
  }
}

/** Enough for most of what says that it has no bytes at all, as files of /proc do. */
const smallest = 4095;

function grown(bytes: Buffer, length: number): Buffer {
  const larger = Buffer.allocUnsafe(length);
  bytes.copy(larger);
  return larger;
}
