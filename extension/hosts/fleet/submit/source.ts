import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { CancelledError, ValidationError } from '../../../errors.ts';

/** Something that is read twice: once to check it all, once to submit it. */
export interface Source {
  /** Each reads from the start. */
  read(): AsyncIterable<Uint8Array>;
  /** Whether the last whole read brought the same bytes as the first. */
  isSame(): boolean;
  close(): Promise<void>;
}

/** Opens a file, or standard input (-). What can be read only once is kept in a temporary file meanwhile. */
export async function openSource(path: string, signal: AbortSignal): Promise<Source> {
  const isFile = path !== '-' && (await found(path));
  const folder = isFile ? null : await mkdtemp(join(tmpdir(), 'ue-aws-lambda-'));
  const kept = folder === null ? path : join(folder, 'lines');
  const digests: string[] = [];

  async function* read(): AsyncGenerator<Uint8Array> {
    const isFirst = digests.length === 0 && folder !== null;
    const stream = isFirst ? streamOf(path) : createReadStream(kept, { highWaterMark: 2 ** 18 });
    const copy = isFirst ? createWriteStream(kept, { mode: 0o600 }) : null;
    copy?.on('error', () => {}); // the write that fails says so
    const hash = createHash('sha256');
    try {
      for await (const chunk of untilAborted(stream, signal)) {
        hash.update(chunk);
        if (copy?.write(chunk) === false) await once(copy, 'drain');
        yield chunk;
      }
      copy?.end();
      if (copy !== null) await finished(copy);
      digests.push(hash.digest('hex'));
    } catch (error) {
      throw signal.aborted ? new CancelledError() : readable(path, error);
    } finally {
      stream.destroy();
      copy?.destroy();
    }
  }

  return {
    read,
    isSame: () => digests.at(-1) === digests[0],
    close: async () => {
      if (folder !== null) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A FIFO that nobody writes to is opened and read by a thread that cannot be stopped: what it does is not waited for. */
async function* untilAborted(stream: Readable, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(new CancelledError());
  });
  aborted.catch(() => {});
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  const chunks: AsyncIterator<Uint8Array> = stream[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { value, done } = await Promise.race([chunks.next(), aborted]);
      if (done) return;
      yield value;
    }
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

async function found(path: string): Promise<boolean> {
  try {
    const file = await stat(path);
    if (file.isDirectory()) throw Object.assign(new Error('is a folder'), { code: 'EISDIR' });
    return file.isFile();
  } catch (error) {
    throw readable(path, error);
  }
}

function streamOf(path: string): Readable {
  return path === '-' ? process.stdin : createReadStream(path, { highWaterMark: 2 ** 18 });
}

function readable(path: string, error: unknown): Error {
  if (error instanceof ValidationError || error instanceof CancelledError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const said = { ENOENT: 'does not exist', EISDIR: 'is a folder', EACCES: 'may not be read' }[code ?? ''] ?? message;
  const what = path === '-' ? 'standard input' : path;
  return new ValidationError([{ field: null, message: `--each: ${what} ${said}` }]);
}
