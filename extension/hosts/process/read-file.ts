import { constants } from 'node:fs';
import { CancelledError } from '../../errors.ts';
import { fileError, notRegular, tooLarge } from './file-error.ts';
import { atOnce, close, fstat, open, read, stat } from './fs.ts';

/**
 * Reads a regular file, also through symbolic links. Throws FileError when it is none, or when it has more bytes than
 * the limit, of which it never reads more than one: a file may grow while it is read, and some of /proc have no end.
 */
export async function readFile(path: string, limit: number): Promise<Buffer> {
  try {
    // Looked at first: opening a FIFO releases its writer, and opening a device may do anything.
    const found = await stat(path);
    if (!found.isFile()) throw notRegular(found, 'read');
    return await withOpen(path, async (file) => {
      const opened = await fstat(file); // it may be another one by now
      if (!opened.isFile()) throw notRegular(opened, 'read');
      if (opened.size > limit) throw tooLarge(limit, opened.size);
      return readToEnd(limit, opened.size, (bytes) => readSome(file, bytes));
    });
  } catch (error) {
    throw fileError(error, 'read');
  }
}

/** Reads a pipe whose other end is open already, as a descriptor of this process is. Throws CancelledError too. */
export async function readPipe(path: string, limit: number, signal: AbortSignal): Promise<Buffer> {
  return withOpen(path, (file) => readToEnd(limit, 0, (bytes) => readPatiently(file, bytes, signal)));
}

async function withOpen(path: string, use: (file: number) => Promise<Buffer>): Promise<Buffer> {
  const file = await open(path, constants.O_RDONLY | atOnce);
  try {
    return await use(file);
  } finally {
    await close(file);
  }
}

/** Takes the bytes that come next, and none at the end. */
type Next = (bytes: Buffer) => Promise<number>;

async function readToEnd(limit: number, expected: number, next: Next): Promise<Buffer> {
  let bytes: Buffer = Buffer.allocUnsafe(Math.min(limit, Math.max(expected, smallest)) + 1);
  for (let length = 0; ; ) {
    const taken = await next(bytes.subarray(length));
    length += taken;
    if (taken === 0) return bytes.subarray(0, length);
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

async function readSome(file: number, bytes: Buffer): Promise<number> {
  const { bytesRead } = await read(file, bytes, 0, bytes.length, null);
  return bytesRead;
}

/** Asks again while there is nothing yet: a read that waits would hold a thread, which nothing can end. */
async function readPatiently(file: number, bytes: Buffer, signal: AbortSignal): Promise<number> {
  for (;;) {
    if (signal.aborted) throw new CancelledError();
    try {
      return await readSome(file, bytes);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
