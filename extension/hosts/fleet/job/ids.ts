import { createHash, randomUUID } from 'node:crypto';

/**
 * The id of a batch ends with 12 zeros; that of its task with the number of its line, so that a batch is a range of ids in
 * the order of its lines. What repeats a task of a batch ends with `a`, which time it is and the line: the same range.
 */
export function newBatchId(): string {
  return asBatch(randomUUID());
}

const lineDigits = 12;
const repeatDigits = 9;

export function isBatchId(id: string): boolean {
  return isId(id) && id.endsWith('-000000000000');
}

export function isId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

function asBatch(id: string): string {
  return `${id.slice(0, -lineDigits)}${'0'.repeat(lineDigits)}`;
}

export function taskIdOf(batch: string, line: number): string {
  return `${batch.slice(0, -lineDigits)}${String(line).padStart(lineDigits, '0')}`;
}

/** The first and the last id that a task of the batch can have. */
export function rangeOf(batch: string): readonly [string, string] {
  const start = batch.slice(0, -lineDigits);
  return [taskIdOf(batch, 1), `${start}${'f'.repeat(lineDigits)}`];
}

/** The first and the last id that a repetition of a task of the batch can have. */
export function repeatsOf(batch: string): readonly [string, string] {
  const start = batch.slice(0, -lineDigits);
  return [`${start}a${'0'.repeat(lineDigits - 1)}`, `${start}${'f'.repeat(lineDigits)}`];
}

/** The id that is always the same for a key that a user has made up. */
export function idOfKey(kind: 'task' | 'batch', queue: string, key: string): string {
  const id = derived(`${kind}\n${queue}\n${key}`);
  return kind === 'batch' ? asBatch(id) : id;
}

/** The id of the one job that repeats another, so that to ask twice makes one; null when it was repeated too often. */
export function repeatIdOf(id: string, group: string): string | null {
  if (!isBatchId(group) || asBatch(id) !== group) return derived(`repeat\n${id}`);
  const last = id.slice(-lineDigits);
  const [, before = '', line = last.slice(-repeatDigits)] = /^a(\d\d)(\d{9})$/.exec(last) ?? [];
  const isLong = before === '' && Number(last) >= 10 ** repeatDigits;
  const times = Number(before || 0) + 1;
  if (times > 99 || isLong) return null;
  return `${id.slice(0, -lineDigits)}a${String(times).padStart(2, '0')}${line}`;
}

/** A UUID of version 8 from a text: https://www.rfc-editor.org/rfc/rfc9562#section-5.8 */
export function derived(text: string): string {
  const hex = createHash('sha256').update('ue-aws-lambda\n').update(text).digest('hex');
  const variant = '89ab'[Number.parseInt(hex[16] as string, 16) % 4];
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
