import { readFileSync, readFile as readWhole } from 'node:fs';
import { addAbortSignal } from 'node:stream';
import { promisify } from 'node:util';
import { CancelledError, ValidationError } from '../../errors.ts';
import { jsonFault } from '../../formats/json-fault.ts';
import { parseDocument } from '../../formats/verbatim.ts';
import type { ReadFile } from '../../task/task.ts';

// Not from node:fs/promises, which takes 3 ms to load and to read its first file.
export const readFile: ReadFile = promisify(readWhole);

/** Reads the JSON of fields from a file or standard input. Throws ValidationError, and CancelledError. */
export async function readFields(path: string | undefined, signal: AbortSignal): Promise<unknown> {
  const text = path === undefined ? await readStandardInput(signal) : readFieldsFile(path);
  const json = text.replace(/^\uFEFF/, ''); // PowerShell writes one
  const fault = jsonFault(json);
  if (fault !== null) throw new ValidationError([{ field: null, message: `the input ${fault}` }]);
  return parseDocument(json);
}

function readFieldsFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ValidationError([{ field: null, message: `the fields file cannot be read (${code}): ${path}` }]);
  }
}

async function readStandardInput(signal: AbortSignal): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write('Reading the JSON of fields; end it with Ctrl-D.\n');
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of addAbortSignal(signal, process.stdin)) chunks.push(chunk as Buffer);
  } catch (error) {
    throw signal.aborted ? new CancelledError() : error;
  }
  return Buffer.concat(chunks).toString('utf8');
}
