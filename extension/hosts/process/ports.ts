import { setTimeout as sleep } from 'node:timers/promises';
import type { Ports } from '../../ports.ts';
import { readFile } from './read-file.ts';

/** What any process of Node offers to its tasks. */
export const processPorts: Pick<Ports, 'readFile' | 'openFile' | 'environment' | 'clock'> = {
  readFile,
  openFile: async (path) => (await import('./open-file.ts')).openFile(path), // most tasks write no file
  environment: process.env,
  clock: {
    now: () => Date.now(),
    sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
  },
};
