import { fstatSync } from 'node:fs';
import { Appender } from './appender.ts';
import { pieces } from './pieces.ts';

/**
 * Writes texts to standard output and waits until they have left: to end a process earlier would cut a pipe off at 64 KB.
 * Returns what went wrong. A reader that has closed the pipe is no fault: it has seen what it wanted.
 */
export async function print(...parts: readonly string[]): Promise<NodeJS.ErrnoException | null> {
  const error = await (isFile() ? printToFile(parts) : printToStream(parts));
  return error?.code === 'EPIPE' ? null : error;
}

function isFile(): boolean {
  try {
    return fstatSync(1).isFile();
  } catch {
    return false; // closed; the stream says so
  }
}

/** Not through process.stdout, which takes no notice of a disk that had room for the first half of a piece only. */
async function printToFile(parts: readonly string[]): Promise<NodeJS.ErrnoException | null> {
  try {
    const appender = new Appender(1, null);
    for (const part of parts) await appender.append(part);
    return null;
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
}

async function printToStream(parts: readonly string[]): Promise<NodeJS.ErrnoException | null> {
  broken ??= new Promise((resolve) => process.stdout.on('error', resolve));
  for (const part of parts) {
    for (const piece of pieces(part)) {
      const written = new Promise<Error | null>((resolve) =>
        process.stdout.write(piece, (error) => resolve(error ?? null)),
      );
      const error = await Promise.race([broken, written]);
      if (error !== null) return error;
    }
  }
  return null;
}

/** Resolves when standard output is broken; once for the process, as the stream is. */
let broken: Promise<NodeJS.ErrnoException> | undefined;
