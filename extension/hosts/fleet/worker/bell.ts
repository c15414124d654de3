/** Wakes one that waits. A ring while nobody waits is not lost. */
export class Bell {
  #rang = false;
  #wake = () => {};

  ring(): void {
    this.#rang = true;
    this.#wake();
  }

  /** Resolves at the next ring, or after so many milliseconds. */
  async wait(milliseconds: number): Promise<void> {
    if (!this.#rang) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#wake = () => {};
    }
    this.#rang = false;
  }
}
