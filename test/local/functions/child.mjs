import { spawn } from 'node:child_process';

/** Leaves a process behind that holds stdout open. */
export const handler = async () => {
  spawn(process.execPath, ['-e', 'setTimeout(() => {}, 20000)'], { stdio: ['ignore', 'inherit', 'inherit'] }).unref();
  process.exit(3);
};
