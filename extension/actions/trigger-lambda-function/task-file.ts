import { ValidationError } from '../../errors.ts';
import type { Clock, FileWriter, Ports } from '../../ports.ts';

/** Bytes that are written at once. */
const blockLength = 2 ** 18;

/** Milliseconds in which a disk takes a block; one that needs twice as long has failed. */
const writeTimeout = 60_000;

/** Opens a file that a field names, before anything is sent. Throws ValidationError. */
export async function openTaskFile(
  field: string,
  path: string,
  { openFile, clock }: Pick<Ports, 'openFile' | 'clock'>,
): Promise<TaskFile> {
  try {
    return new TaskFile(path, await openFile(path), clock);
  } catch (error) {
    throw new ValidationError([{ field, message: `${clauseOf(error)}: ${path}` }]);
  }
}

/**
 * A file that is being written. No later fault of it rejects, since what the function did must be learned even when the
 * disk fails: `fault` is the first one, and after it nothing is written. While one block is being
 * written the next is filled, and no more.
 */
export class TaskFile {
  readonly path: string;
  /** A clause, such as `cannot be written (ENOSPC); …`. */
  fault: string | null = null;
  readonly #writer: FileWriter;
  readonly #clock: Clock;
  readonly #closed = new AbortController();
  #block: Buffer = Buffer.allocUnsafeSlow(blockLength);
  #spare: Buffer | null = null;
  #filled = 0;
  #writing: Promise<void> | null = null;
  #written = 0;
  #giveUp: (() => void) | null = null;
  #isHung = false;

  constructor(path: string, writer: FileWriter, clock: Clock) {
    this.path = path;
    this.#writer = writer;
    this.#clock = clock;
  }

  /** The bytes are copied. */
  async write(chunk: Uint8Array): Promise<void> {
    for (let start = 0; start < chunk.length && this.fault === null; ) {
      const part = chunk.subarray(start, start + this.#block.length - this.#filled);
      this.#block.set(part, this.#filled);
      this.#filled += part.length;
      start += part.length;
      if (this.#filled === this.#block.length) await this.#flush();
    }
  }

  /** Puts the file in its place, unless there was a fault. */
  async commit(): Promise<void> {
    await this.#flush();
    await this.#writing;
    this.#closed.abort();
    if (this.fault === null) await this.#noting(this.#writer.commit());
    if (this.fault !== null) await this.discard();
  }

  async discard(): Promise<void> {
    this.#closed.abort();
    const discarded = this.#writer.discard().catch(() => {});
    if (!this.#isHung) await discarded;
  }

  /** Begins to write the block when the one before it is written. */
  async #flush(): Promise<void> {
    await this.#writing;
    if (this.fault !== null || this.#filled === 0) return;
    const full = this.#block;
    this.#block = this.#spare ?? Buffer.allocUnsafeSlow(blockLength);
    this.#spare = full;
    if (this.#written === 0) this.#watch().catch(() => {}); // it rejects when the file is closed
    this.#written += 1;
    this.#writing = this.#inTime(this.#writer.write(full.subarray(0, this.#filled)));
    this.#filled = 0;
  }

  /** Resolves when the work is done, or given up. */
  #inTime(work: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      this.#giveUp = resolve;
      this.#noting(work).then(() => {
        this.#giveUp = null;
        resolve();
      });
    });
  }

  async #noting(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.fault ??= clauseOf(error);
    }
  }

  /** Gives up a block that the disk does not take. */
  async #watch(): Promise<void> {
    for (let before = -1; ; before = this.#written) {
      await this.#clock.sleep(writeTimeout, this.#closed.signal);
      if (this.#giveUp === null || before !== this.#written) continue;
      this.#isHung = true;
      this.fault ??= clauseOf({ code: 'ETIMEDOUT' });
      this.#giveUp();
    }
  }
}

/** What a fault of a file is, as a clause that follows the name of its field. */
function clauseOf(error: unknown): string {
  const { name, message, code = 'unknown reason' } = error as NodeJS.ErrnoException;
  return name === 'FileError' ? message : `cannot be written (${code}); check the path and its permissions`;
}
