import { ValidationError } from '../../errors.ts';
import type { Clock, FileWriter, Ports } from '../../ports.ts';

/** Milliseconds for one chunk; a disk that takes longer has failed. */
const patience = 120_000;

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
 * A file in the making. Nothing that happens to it later rejects, since what the function did must be learned whatever
 * the disk does: `fault` says what went wrong first, and from then on nothing is written.
 */
export class TaskFile {
  readonly path: string;
  /** A clause, such as `cannot be written (ENOSPC); …`. */
  fault: string | null = null;
  readonly #writer: FileWriter;
  readonly #clock: Clock;
  #isHung = false;

  constructor(path: string, writer: FileWriter, clock: Clock) {
    this.path = path;
    this.#writer = writer;
    this.#clock = clock;
  }

  async write(chunk: string | Uint8Array): Promise<void> {
    if (this.fault === null) await this.#try(this.#inTime(this.#writer.write(chunk)));
  }

  /** Puts the file in its place, unless there was a fault. */
  async commit(): Promise<void> {
    if (this.fault === null) await this.#try(this.#writer.commit());
    if (this.fault !== null) await this.discard();
  }

  async discard(): Promise<void> {
    const discarded = this.#writer.discard().catch(() => {});
    if (!this.#isHung) await discarded;
  }

  async #try(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.fault ??= clauseOf(error);
    }
  }

  async #inTime(work: Promise<void>): Promise<void> {
    const done = new AbortController();
    const late = this.#clock.sleep(patience, done.signal).then(() => {
      this.#isHung = true;
      throw Object.assign(new Error('the disk is too slow'), { code: 'ETIMEDOUT' });
    });
    late.catch(() => {}); // it also rejects when it is no longer needed
    try {
      await Promise.race([work, late]);
    } finally {
      done.abort();
    }
  }
}

/** What a fault of a file is, as a clause that follows the name of its field. */
function clauseOf(error: unknown): string {
  const { name, message, code = 'unknown reason' } = error as NodeJS.ErrnoException;
  return name === 'FileError' ? message : `cannot be written (${code}); check the path and its permissions`;
}
