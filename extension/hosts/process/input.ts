import { readFileSync } from 'node:fs';
import { addAbortSignal } from 'node:stream';
import { CancelledError, ValidationError } from '../../errors.ts';
import { parseDocument } from '../../task/document.ts';

/** Reads the JSON of fields from a file or standard input. Throws ValidationError, and CancelledError. */
export async function readFields(path: string | undefined, signal: AbortSignal): Promise<unknown> {
  const text = path === undefined ? await readStandardInput(signal) : readFieldsFile(path);
  const json = text.replace(/^\uFEFF/, ''); // PowerShell writes one
  const document = parseDocument(json);
  if ('fault' in document) throw new ValidationError([{ field: null, message: `the input ${document.fault}` }]);
  return document.value;
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
