import { close, write } from './fs.ts';
import { pieces } from './pieces.ts';

/** Writes chunks to an open file in the order in which they came, each in full. The first fault is the last word. */
export class Appender {
  readonly #file: number;
  #position: number | null;
  #turn: Promise<void> = Promise.resolve();
  #fault: unknown = null;
  #closed: Promise<void> | undefined;

  /** Begins at a position, or where the file itself is when it has none (devices and pipes). */
  constructor(file: number, position: number | null) {
    this.#file = file;
    this.#position = position;
  }

  append(chunk: string | Uint8Array): Promise<void> {
    const turn = this.#turn.then(() => this.#append(chunk));
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** Resolves to the position after the last chunk. Throws what a chunk has failed with. */
  async end(): Promise<number | null> {
    await this.#turn;
    if (this.#fault !== null) throw this.#fault;
    return this.#position;
  }

  /** Closes the file after the last chunk. Nothing can be written any more: its number may be another file's by then. */
  close(): Promise<void> {
    this.#closed ??= this.#turn.then(() => {
      this.#fault ??= Object.assign(new Error('the file is closed'), { code: 'EBADF' });
      return close(this.#file);
    });
    return this.#closed;
  }

  async #append(chunk: string | Uint8Array): Promise<void> {
    if (this.#fault !== null) throw this.#fault;
    try {
      if (typeof chunk !== 'string') return await this.#writeAll(chunk);
      for (const piece of pieces(chunk)) await this.#writeAll(Buffer.from(piece));
    } catch (error) {
      this.#fault = error;
      throw error;
    }
  }

  /** One write may take less than all: the rest of a disk that is almost full, or what a pipe has room for. */
  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const written = await writeSome(this.#file, bytes.subarray(done), this.#position);
      done += written;
      if (this.#position !== null) this.#position += written;
    }
  }
}

async function writeSome(file: number, bytes: Uint8Array, position: number | null): Promise<number> {
  try {
    const { bytesWritten } = await write(file, bytes, 0, bytes.length, position);
    if (bytesWritten === 0) throw Object.assign(new Error('nothing was written'), { code: 'EIO' });
    return bytesWritten;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    await new Promise((resolve) => setTimeout(resolve, 10)); // the reader is slow
    return 0;
  }
}
