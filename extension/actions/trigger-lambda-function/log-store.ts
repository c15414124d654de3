import type { TaskFile } from './task-file.ts';

/** The most bytes of a log that the result holds. */
const limit = 2 ** 20;

/** Takes the lines of a log as they come: its end is kept in memory, all of it goes to a file. */
export class LogStore {
  readonly #file: TaskFile | null;
  #lines: Buffer[] = [];
  #kept = 0;
  #bytes = 0;

  constructor(file: TaskFile | null) {
    this.#file = file;
  }

  get bytes(): number {
    return this.#bytes;
  }

  async add(message: string): Promise<void> {
    const line = Buffer.from(message.endsWith('\n') ? message : `${message}\n`);
    this.#lines.push(line);
    this.#kept += line.length;
    this.#bytes += line.length;
    await this.#file?.write(line);
    if (this.#kept > 2 * limit) this.#shorten();
  }

  /** The end of the log; null when there is none. */
  text(): string | null {
    if (this.#bytes === 0) return null;
    this.#shorten();
    const [only] = this.#lines;
    const end = this.#lines.length === 1 && only !== undefined ? only.subarray(-limit) : Buffer.concat(this.#lines);
    return end.toString('utf8').replace(/^\uFFFD+/, '');
  }

  /** Drops whole lines from the beginning. */
  #shorten(): void {
    let dropped = 0;
    while (this.#kept > limit && dropped < this.#lines.length - 1) {
      this.#kept -= (this.#lines[dropped] as Buffer).length;
      dropped += 1;
    }
    this.#lines = this.#lines.slice(dropped);
  }
}
