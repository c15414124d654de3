import { setTimeout as sleep } from 'node:timers/promises';
import { printable } from '../../formats/printable.ts';
import type { FileWriter } from '../../ports.ts';
import { processPorts } from '../process/ports.ts';
import type { Live, Stage } from './stage.ts';

/** The place of a payload that is printed as it comes, in place of a file. */
export const toStandardOutput = 'standard output';

/** A reader that is slow slows the answer down, but for no longer than this at a time (ms): one that stops is not a fault. */
const writeTimeout = 20_000;

/** Prints the parts of a payload as they come, or only counts them while they are saved. */
export function streamedOutput(isSaved: boolean): (stage: Stage) => Live {
  return ({ progress, view: { out, isRaw } }) => {
    const decoder = new TextDecoder();
    let last: Promise<unknown> = Promise.resolve();
    let fault: string | null = null;
    let ended = true; // whether the last line on a terminal is
    const write = (bytes: Uint8Array | string) => {
      if (bytes.length === 0 || process.stdout.destroyed) return;
      last = new Promise((resolve) => process.stdout.write(bytes, resolve));
    };
    const forPeople = (text: string) => {
      if (text === '') return;
      progress.stop(); // the parts themselves show that it goes on
      ended = text.endsWith('\n');
      write(text.split('\n').map(printable).join('\n'));
    };
    if (!isSaved) {
      process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
        if (code !== 'EPIPE') fault ??= `standard output cannot be written (${code})`;
      });
    }
    const writer: FileWriter = {
      write: async () => void (await Promise.race([last, sleep(writeTimeout, undefined, { ref: false })])),
      commit: async () => {},
      discard: async () => {},
    };
    return {
      ports: {
        onPart(bytes) {
          progress.count(bytes.length);
          if (isSaved) return;
          if (out.isTerminal && !isRaw) forPeople(decoder.decode(bytes, { stream: true }));
          else write(Uint8Array.from(bytes)); // the caller reuses them
        },
        openFile: (path) => (path === toStandardOutput ? Promise.resolve(writer) : processPorts.openFile(path)),
      },
      async printed() {
        if (isSaved) return null;
        if (out.isTerminal && !isRaw) forPeople(decoder.decode());
        if (out.isTerminal && !ended) write('\n');
        await last;
        return fault;
      },
    };
  };
}
