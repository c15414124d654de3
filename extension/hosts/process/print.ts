/**
 * Writes a text to standard output and waits until it has left. Ending a process earlier would cut a pipe off at 64 KB.
 * A reader that has closed the pipe is no fault of the task: the exit code still tells.
 */
export async function print(...parts: readonly string[]): Promise<void> {
  const broken = new Promise<void>((resolve) => {
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') process.stderr.write(`standard output cannot be written (${error.code})\n`);
      resolve();
    });
  });
  for (const part of parts) {
    for (const piece of pieces(part)) {
      if (!process.stdout.writable) return;
      const written = new Promise<void>((resolve) => process.stdout.write(piece, () => resolve()));
      await Promise.race([written, broken]);
    }
  }
}

const pieceLength = 1 << 20;

/** Cuts a text into pieces, since a write holds a copy of its text until the reader has taken it. */
function* pieces(text: string): Generator<string> {
  for (let start = 0, end: number; start < text.length; start = end) {
    end = Math.min(start + pieceLength, text.length);
    if (/[\ud800-\udbff]/.test(text.charAt(end - 1)) && end < text.length) end += 1; // keeps a surrogate pair whole
    yield text.slice(start, end);
  }
}
