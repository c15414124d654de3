import { isUtf8 } from 'node:buffer';
import type { Readable } from 'node:stream';
import { CancelledError, ValidationError } from '../../errors.ts';
import { parseDocument } from '../../task/document.ts';
import { fileError, tooLarge } from './file-error.ts';
import { stat } from './fs.ts';
import { isDescriptor, isStandardInput } from './links.ts';
import { readFile, readPipe } from './read-file.ts';

const notUtf8 = { fault: 'must be JSON in UTF-8, but has bytes that are not UTF-8' };

/** Bytes of the JSON of fields: ten times the largest payload, which leaves room for escapes. */
const fieldsLimit = 64 * 2 ** 20;

/** Reads the JSON of fields from a file or standard input. Throws ValidationError, and CancelledError. */
export async function readFields(path: string | undefined, signal: AbortSignal): Promise<unknown> {
  const source = path === undefined || isStandardInput(path) ? null : path;
  const bytes = await read(source, signal);
  const text = bytes.toString('utf8').replace(/^\uFEFF/, ''); // PowerShell writes one
  const document = isUtf8(bytes) ? parseDocument(text) : notUtf8;
  if ('fault' in document) throw new ValidationError([{ field: null, message: `the input ${document.fault}` }]);
  return document.value;
}

async function read(path: string | null, signal: AbortSignal): Promise<Buffer> {
  try {
    if (path === null) return await readStandardInput(signal);
    return await (isDescriptor(path) ? readDescriptor(path, signal) : readFile(path, fieldsLimit));
  } catch (error) {
    if (error instanceof CancelledError) throw error;
    const { message, code } = fileError(error, 'read');
    // A FIFO or a device can be read there, as a signal ends that.
    const instead = path !== null && code === 'ENOTREG' ? ', or its content on standard input' : '';
    const what = path === null ? `standard input ${message}` : `the fields file ${message}${instead}: ${path}`;
    throw new ValidationError([{ field: null, message: what }]);
  }
}

function readStandardInput(signal: AbortSignal): Promise<Buffer> {
  if (process.stdin.isTTY) process.stderr.write('Reading the JSON of fields; end it with Ctrl-D.\n');
  return readStream(process.stdin, signal);
}

/** A pipe that the shell has opened, as `--fields <(command)` does. */
async function readDescriptor(path: string, signal: AbortSignal): Promise<Buffer> {
  const found = await stat(path);
  return found.isFIFO() ? readPipe(path, fieldsLimit, signal) : readFile(path, fieldsLimit);
}

/** Reads to the end, at most to the limit, and at once no more when the signal comes. */
function readStream(stream: Readable, signal: AbortSignal): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const stop = (error: Error) => {
      stream.destroy();
      reject(error);
    };
    const cancel = () => stop(new CancelledError());
    if (signal.aborted) return cancel();
    signal.addEventListener('abort', cancel, { once: true });
    stream.on('data', (chunk: Buffer) => {
      length += chunk.length;
      chunks.push(chunk);
      if (length > fieldsLimit) stop(tooLarge(fieldsLimit, null));
    });
    stream.on('end', () => resolve(Buffer.concat(chunks)));
    stream.on('error', reject);
  });
}
