import { LambdaError } from '../lambda/lambda-error.ts';
import { invalid, malformed } from './update.ts';

const STATUSES: readonly string[] = [
  'RUNNING',
  'PAUSING',
  'PAUSED',
  'SUCCEEDED',
  'FAILED',
  'TIMED_OUT',
  'STOPPED',
  'DELETING',
];
const DEFAULT_ITEMS = 100;
const MOST_ITEMS = 1000;
const MOST_STATUSES = 10;

export function readBoolean(query: URLSearchParams, name: string, standard: boolean): boolean {
  const text = query.get(name);
  if (text === null || text === '') return standard;
  if (text !== 'true' && text !== 'false') throw malformed(`'${text}' of ${name} can not be converted to Boolean`);
  return text === 'true';
}

/** How many items a page has: 100 unless asked for, also when 0 is asked for. */
export function readMaxItems(query: URLSearchParams): number {
  const text = query.get('MaxItems') || '0';
  if (!/^-?\d+$/.test(text)) throw malformed(`'${text}' can not be converted to Integer`);
  const count = Number(text);
  if (count < 0 || count > MOST_ITEMS) {
    const bound = count < 0 ? 'greater than or equal to 0' : `less than or equal to ${MOST_ITEMS}`;
    throw invalid(`Value '${text}' at 'maxItems' failed to satisfy constraint: Member must have value ${bound}`);
  }
  return count || DEFAULT_ITEMS;
}

export function readStatuses(query: URLSearchParams): ReadonlySet<string> | undefined {
  const statuses = query.getAll('Statuses');
  if (statuses.length === 0) return undefined;
  if (statuses.length > MOST_STATUSES || statuses.some((status) => !STATUSES.includes(status))) {
    const rule = `1 to ${MOST_STATUSES} of [${STATUSES.join(', ')}]`;
    throw invalid(
      `Value '[${statuses.join(', ')}]' at 'statuses' failed to satisfy constraint: Member must be ${rule}`,
    );
  }
  return new Set(statuses);
}

/** ISO 8601, as the SDKs send it, or seconds since 1970. */
export function readTime(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  const time = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text);
  if (Number.isNaN(time)) throw malformed(`'${text}' of ${name} can not be converted to Date`);
  return time;
}

export function readJson(body: Buffer): Readonly<Record<string, unknown>> {
  if (body.length === 0) return {};
  try {
    const value: unknown = JSON.parse(body.toString());
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Refused below, like JSON that is no object.
  }
  throw new LambdaError(400, 'SerializationException', 'The request body must be a JSON object');
}
