import { ValidationError } from '../../../errors.ts';
import type { Given } from '../../cli/command.ts';
import { payloadOf } from '../../cli/payload.ts';
import { UsageError } from '../../cli/usage-error.ts';
import { fileError } from '../../process/file-error.ts';
import { readFields } from '../../process/input.ts';
import { readFile } from '../../process/read-file.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What the argument of `submit` asks for. */
export type Request =
  | { readonly kind: 'fields'; readonly fields: Fields }
  /** The text of a flow file. */
  | { readonly kind: 'flow'; readonly text: string; readonly path: string };

const flowLimit = 16 * 2 ** 20;

/** The name of a function has neither a dot nor a slash, but for the version $LATEST.PUBLISHED. */
export function isFileName(word: string): boolean {
  return word === '-' || /[./\\]/.test(word.replace(/:\$LATEST\.PUBLISHED$/, ''));
}

/** Reads a file of fields or a flow, which is one that has `tasks`. YAML is always a flow. */
export async function requestIn(path: string, signal: AbortSignal): Promise<Request> {
  if (path !== '-' && /\.ya?ml$/i.test(path)) return { kind: 'flow', text: await textOf(path), path };
  const fields = await readFields(path === '-' ? undefined : path, signal);
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
    throw new ValidationError([{ field: null, message: `${path}: must be one JSON object, of fields or of a flow` }]);
  }
  if (!('tasks' in fields)) return { kind: 'fields', fields: fields as Fields };
  if (path === '-') throw new UsageError('a flow comes from a file: submit --flow FILE');
  return { kind: 'flow', text: await textOf(path), path };
}

export async function textOf(path: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path, flowLimit));
  } catch (error) {
    const message = error instanceof TypeError ? 'must be text in UTF-8' : fileError(error, 'read').message;
    throw new ValidationError([{ field: null, message: `the flow file ${message}: ${path}` }]);
  }
}

/** The payload of the flags. A file is read now: a worker may run elsewhere, and later. */
export async function payloadFields(
  given: Given,
  signal: AbortSignal,
  notice: (text: string) => void,
): Promise<Fields> {
  const { fields } = await payloadOf(given, signal, notice);
  if (fields.payload_source !== 'File') return fields;
  const path = String(fields.payload_file);
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(path, 8 * 2 ** 20));
    return { payload_source: 'Script', payload_script: text };
  } catch (error) {
    const message = error instanceof TypeError ? 'must be JSON in UTF-8' : fileError(error, 'read').message;
    throw new UsageError(`the payload file ${message}: ${path}`);
  }
}
