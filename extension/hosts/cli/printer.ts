import { print } from '../process/print.ts';
import type { Stage } from './stage.ts';

/** Prints texts on standard output one after the other, as they come. */
export interface Printer {
  write(text: string): void;
  /** Resolves when all is printed, with what went wrong first. */
  done(): Promise<string | null>;
}

/** The moving line is cleared first; a reader that has closed the pipe ends the work. */
export function printerFor({ progress, abort }: Stage): Printer {
  let last: Promise<void> = Promise.resolve();
  let fault: string | null = null;
  return {
    write(text) {
      last = last.then(async () => {
        progress.wipe();
        const error = await print(text);
        if (error !== null) fault ??= `standard output cannot be written (${error.code ?? error.message})`;
        if (error !== null || process.stdout.errored !== null) abort();
      });
    },
    async done() {
      await last;
      return fault;
    },
  };
}
