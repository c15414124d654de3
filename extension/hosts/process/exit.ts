/**
 * Ends the process at once. Node's exit waits for threads, and one that opens a FIFO, reads a dead network drive or asks
 * a silent name server may wait forever; then only a kill helps, and the exit code is the signal's.
 */
export function exitAtOnce(exitCode: number): never {
  if (inThreads(/^FSReq|^Get(Addr|Name)Info/)) process.kill(process.pid, 'SIGKILL');
  process.exit(exitCode);
}

/**
 * Ends the process when all output is written. What still keeps it alive, such as a credential_process that hangs, must not; a
 * name lookup is waited for, as it ends by itself and the exit code is worth more; file access and the reader of the
 * log only for a while.
 */
export function exitWhenDone(exitCode: number): void {
  process.exitCode = exitCode;
  const started = process.uptime(); // `performance` takes a millisecond to load
  const end = () => {
    if (!inThreads(/^FSReq/) && process.stderr.writableLength === 0) process.exit();
    if (process.uptime() - started > exitTimeout) exitAtOnce(exitCode);
  };
  setInterval(end, 250).unref();
}

/** How long they may hold the process after the answer (s). */
const exitTimeout = 3;

function inThreads(kind: RegExp): boolean {
  // Other runtimes end without waiting for threads.
  return process.getActiveResourcesInfo?.().some((name) => kind.test(name)) ?? false;
}
