import { ValidationError, type Violation } from '../../../extension/errors.ts';
import { parseFields } from '../../../extension/task/fields.ts';
import { type ReadFile, type Task, toTask } from '../../../extension/task/task.ts';

export const base = { function_name: 'hello', region: 'us-east-1' };

/** A reader of files that are none: of the bytes of each path, or of what reading it throws. */
export function files(contents: Readonly<Record<string, Uint8Array | object>> = {}): ReadFile {
  return async (path) => {
    const found = contents[path] ?? { message: 'cannot be read' };
    if (found instanceof Uint8Array) return found;
    throw found;
  };
}

export function taskOf(fields: object, readFile: ReadFile = files()): Promise<Task> {
  return toTask(parseFields({ ...base, ...fields }), readFile);
}

/** What is wrong with fields, as `field: message`; empty when they are valid. */
export async function faultsOf(fields: unknown, readFile: ReadFile = files()): Promise<string[]> {
  try {
    await toTask(parseFields(fields), readFile);
    return [];
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    return error.violations.map(({ field, message }: Violation) => (field === null ? message : `${field}: ${message}`));
  }
}
