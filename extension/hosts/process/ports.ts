import type { Ports } from '../../ports.ts';
import { readFile } from './read-file.ts';

/** What any process of Node offers to its tasks. */
export const processPorts: Pick<Ports, 'readFile' | 'openFile' | 'environment' | 'clock'> = {
  readFile,
  openFile: async (path) => (await import('./open-file.ts')).openFile(path), // most tasks write no file
  environment: process.env,
  clock: {
    now: () => Date.now(),
    async sleep(milliseconds, signal) {
      const { setTimeout: sleep } = await import('node:timers/promises'); // most tasks wait for nothing
      return sleep(milliseconds, undefined, { signal });
    },
  },
};
