import { setTimeout as sleep } from 'node:timers/promises';
import type { Ports } from '../../ports.ts';
import { openFile } from './open-file.ts';
import { readFile } from './read-file.ts';

/** What any process of Node offers to its tasks. */
export const processPorts: Pick<Ports, 'readFile' | 'openFile' | 'environment' | 'clock'> = {
  readFile,
  openFile,
  environment: process.env,
  clock: {
    now: () => Date.now(),
    sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
  },
};
