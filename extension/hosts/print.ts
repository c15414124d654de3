/**
 * Writes a text to standard output and waits until it has left. Ending a process earlier would cut a pipe off at 64 KB.
 * A reader that has closed the pipe is no fault of the task: the exit code still tells.
 */
export async function print(text: string): Promise<void> {
  await new Promise<void>((resolve) => {
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') process.stderr.write(`standard output cannot be written (${error.code})\n`);
      resolve();
    });
    process.stdout.write(text, () => resolve());
  });
}
