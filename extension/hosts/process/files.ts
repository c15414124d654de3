import { readFile as readWhole } from 'node:fs';
import { promisify } from 'node:util';
import type { OpenFile, ReadFile } from '../../ports.ts';

const read = promisify(readWhole);
export const readFile: ReadFile = (path) => read(path);
export const openFile: OpenFile = async () => {
  throw new Error('not there yet');
};
