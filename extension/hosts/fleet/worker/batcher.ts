export interface BatchLimits {
  readonly count: number;
  readonly bytes: number;
}

interface Entry<Item, Answer> {
  readonly item: Item;
  readonly bytes: number;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes what has come together in one statement: one at a time, so that a slow database gets larger batches and not more
 * of them.
 */
export class Batcher<Item, Answer> {
  readonly #write: (items: readonly Item[]) => Promise<readonly Answer[]>;
  readonly #limits: BatchLimits;
  readonly #weigh: (item: Item) => number;
  #queue: Entry<Item, Answer>[] = [];
  #isWriting = false;

  /** `write` answers each item, in order; when it fails, every item of the batch has failed. */
  constructor(
    write: (items: readonly Item[]) => Promise<readonly Answer[]>,
    limits: BatchLimits,
    weigh: (item: Item) => number = () => 0,
  ) {
    this.#write = write;
    this.#limits = limits;
    this.#weigh = weigh;
  }

  add(item: Item): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ item, bytes: this.#weigh(item), resolve, reject });
      if (this.#isWriting) return;
      this.#isWriting = true;
      setImmediate(() => this.#writeAll());
    });
  }

  async #writeAll(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#next();
      try {
        const answers = await this.#write(batch.map(({ item }) => item));
        for (const [index, { resolve }] of batch.entries()) resolve(answers[index] as Answer);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#isWriting = false;
  }

  /** At least one, however large. */
  #next(): readonly Entry<Item, Answer>[] {
    let [count, bytes] = [0, 0];
    for (const entry of this.#queue) {
      if (count > 0 && (count >= this.#limits.count || bytes + entry.bytes > this.#limits.bytes)) break;
      count += 1;
      bytes += entry.bytes;
    }
    const batch = this.#queue.slice(0, count);
    this.#queue = this.#queue.slice(count);
    return batch;
  }
}
