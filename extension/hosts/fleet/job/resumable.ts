import { readWire } from '../../../task/wire.ts';
import { readData } from './data.ts';

type Wire = Readonly<Record<string, unknown>>;

/** The raw fields of a job, as far as they can be read without a key; an empty object when they cannot. */
export function fieldsOf(value: unknown): Wire {
  const read = readData(value);
  if (read.kind !== 'job') return {};
  try {
    return Object(JSON.parse(read.data.fields));
  } catch {
    return {};
  }
}

/** Whether a task waits for a durable execution: another worker can go on with that by its name. */
export function isResumable(raw: unknown): boolean {
  if (!Object(raw).wait_for_durable_execution) return false; // most do not, and need not be read
  const { action = 'Trigger Lambda Function', wait_for_durable_execution: waits } = readWire(Object(raw)).fields;
  return action === 'Trigger Lambda Function' && waits === true;
}

/** The fields with the name of the execution, which must be the same for every worker that gets the job. */
export function named(raw: unknown, id: string): unknown {
  if (!isResumable(raw) || readWire(Object(raw)).fields.durable_execution_name !== undefined) return raw;
  return { ...Object(raw), durable_execution_name: `ue-${id}` };
}
