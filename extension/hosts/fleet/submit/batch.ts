import { createHash } from 'node:crypto';
import { ValidationError, type Violation } from '../../../errors.ts';
import { payloadLimit } from '../../../task/sizes.ts';
import { readWire } from '../../../task/wire.ts';
import type { Database } from '../database/database.ts';
import { refreshStatistics } from '../database/queue.ts';
import { toJobData } from '../job/data.ts';
import { idOfKey, newBatchId, rangeOf, taskIdOf } from '../job/ids.ts';
import type { Keys } from '../job/sealed.ts';
import { allOrNothing, insertJobs, type NewJob, type Placing } from './insert.ts';
import { linesOf } from './lines.ts';
import type { Source } from './source.ts';

export interface BatchRequest {
  /** The fields of every task, without a payload. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** A payload a line. */
  readonly source: Source;
  readonly placing: Placing;
  readonly keys: Keys | null;
  /** With a key the same batch is submitted once, however often it is asked for. */
  readonly key?: string | undefined;
  /** Told how many lines were read, and how many jobs inserted. */
  readonly onProgress?: (step: 'checked' | 'submitted', count: number) => void;
}

export interface SubmittedBatch {
  readonly batch: string;
  readonly count: number;
  /** Whether it was there already, by its key. */
  readonly existed: boolean;
}

/** From so many jobs on, claims are slow while the planner does not know of them. */
const many = 1_000;

const chunk = { count: 500, bytes: 4 * 2 ** 20 };

/** Submits all lines, or nothing: every line is checked before the first is inserted, in one transaction. */
export async function submitBatch(db: Database, request: BatchRequest): Promise<SubmittedBatch> {
  const { key, placing } = request;
  const batch = key === undefined ? newBatchId() : idOfKey('batch', placing.queue, key);
  checkShared(request.fields, request.keys);
  const { count, last } = await checkLines(request, batch);
  const isNew = key === undefined || !(await isThere(db, batch, placing.queue));
  const existed = !(isNew && (await insertLines(db, request, batch)));
  if (existed) await assertSame(db, request, batch, last);
  else if (count >= many) await refreshStatistics(db).catch(() => {}); // the jobs are there, with or without
  return { batch, count, existed };
}

/** What is wrong with the fields is said once, not for every line. Throws ValidationError. */
export function checkShared(fields: BatchRequest['fields'], keys: Keys | null): void {
  const shared = unique.filter((field) => field in fields && !placeholder.test(String(fields[field])));
  const violations: Violation[] = shared.map((field) => ({
    field,
    message: 'would be the same for every line; write {{ line }} where the number of the line is to be',
  }));
  const payload = payloadFields.filter((field) => field in fields);
  violations.push(...payload.map((field) => ({ field, message: 'comes from the lines of --each; leave it out' })));
  try {
    toJobData(filled(fields, 1, '{}'), { group: '', keys });
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    violations.push(...error.violations.filter(({ field }) => !payload.includes(String(field))));
  }
  if (violations.length > 0) throw new ValidationError(violations);
}

const payloadFields = ['payload_source', 'payload_script', 'payload_file'];

/** What must differ from task to task: each file is written by one, each name starts one durable execution. */
const unique = ['response_file', 'log_file', 'durable_execution_name'];
const placeholder = /\{\{\s*line\s*\}\}/g;

function filled(fields: BatchRequest['fields'], line: number, payload: string): Record<string, unknown> {
  const own = unique.filter((field) => typeof fields[field] === 'string');
  const texts = own.map((field) => [field, String(fields[field]).replace(placeholder, String(line))]);
  return { ...fields, ...Object.fromEntries(texts), payload_source: 'Script', payload_script: payload };
}

/** So many bad lines are named. */
const mostFaults = 20;

async function checkLines(request: BatchRequest, batch: string): Promise<{ count: number; last: number }> {
  const violations: Violation[] = [];
  let [count, last] = [0, 0];
  for await (const { number, text, fault } of linesOf(request.source.read(), limitOf(request))) {
    const faults = text === null ? [`the payload ${fault}`] : lineFaults(request, batch, number, text);
    violations.push(...faults.map((message) => ({ field: `line ${number}`, message })));
    if (violations.length >= mostFaults) break;
    [count, last] = [count + 1, number];
    request.onProgress?.('checked', count);
  }
  if (violations.length > 0) throw new ValidationError(violations);
  if (count === 0) throw new ValidationError([{ field: null, message: '--each has no line: nothing to submit' }]);
  return { count, last };
}

function limitOf({ fields }: BatchRequest): number {
  const { invocation_type: type, wait_for_durable_execution: waits } = readWire(fields).fields;
  return payloadLimit(waits === true || type === 'Event' ? 'Event' : 'Request Response');
}

function lineFaults({ fields, keys }: BatchRequest, batch: string, line: number, text: string): string[] {
  try {
    toJobData(filled(fields, line, text), { group: batch, keys });
    return [];
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    return error.violations.map(({ field, message }) =>
      field === 'payload_script' ? `the payload ${message}` : `${field}: ${message}`,
    );
  }
}

/** The jobs of the lines, in pieces of bounded size. They were checked before. */
async function* jobsOf(request: BatchRequest, batch: string): AsyncGenerator<NewJob[]> {
  const { source, fields, keys } = request;
  let jobs: NewJob[] = [];
  let bytes = 0;
  for await (const { number, text } of linesOf(source.read(), limitOf(request))) {
    if (text === null) throw changed();
    const data = toJobData(filled(fields, number, text), {
      ...{ group: batch, label: String(number), keys, unfilled: true },
    });
    jobs.push({ id: taskIdOf(batch, number), data });
    bytes += text.length;
    if (jobs.length < chunk.count && bytes < chunk.bytes) continue;
    yield jobs;
    [jobs, bytes] = [[], 0];
  }
  if (jobs.length > 0) yield jobs;
  if (!source.isSame()) throw changed();
}

function changed(): ValidationError {
  return new ValidationError([
    { field: null, message: 'the file of --each changed while it was read; submit it again' },
  ]);
}

/** Whether all were inserted; false when another has submitted the same batch meanwhile. */
async function insertLines(db: Database, request: BatchRequest, batch: string): Promise<boolean> {
  // The engine looks the queue up once. The embedded database has one session, which the transaction is about to take.
  await insertJobs(db, [], request.placing);
  return allOrNothing(db, async (transaction) => {
    let count = 0;
    for await (const jobs of jobsOf(request, batch)) {
      const inserted = await insertJobs(db, jobs, request.placing, transaction);
      if (inserted.length < jobs.length) return false;
      count += jobs.length;
      request.onProgress?.('submitted', count);
    }
    return true;
  });
}

async function isThere({ sql, schema }: Database, batch: string, queue: string): Promise<boolean> {
  const text = `SELECT id FROM ${schema}.job WHERE name = $1 AND id BETWEEN $2 AND $3 LIMIT 1`;
  return (await sql(text, [queue, ...rangeOf(batch)])).length > 0;
}

/** A key stands for one batch: with other lines or fields it is an error, since those would never run. */
async function assertSame(db: Database, request: BatchRequest, batch: string, last: number): Promise<void> {
  const { queue } = request.placing;
  const text = `SELECT id, md5(data->>'fields') AS digest FROM ${db.schema}.job WHERE name = $1 AND id = ANY($2::uuid[])`;
  for await (const jobs of jobsOf(request, batch)) {
    const ids = jobs.map(({ id }) => id);
    const rows = await db.sql<{ id: string; digest: string }>(text, [queue, ids]);
    const digests = new Map(rows.map(({ id, digest }) => [id, digest]));
    for (const { id, data } of jobs) {
      const digest = digests.get(id);
      const own = createHash('md5').update(data.fields).digest('hex');
      if (digest !== undefined && digest !== own) throw taken(`line ${data.label} was another one`);
    }
  }
  const lastOf = `SELECT id FROM ${db.schema}.job WHERE name = $1 AND id BETWEEN $2 AND $3 ORDER BY id DESC LIMIT 1`;
  const end = `${batch.slice(0, -12)}999999999999`;
  const [found] = await db.sql<{ id: string }>(lastOf, [queue, rangeOf(batch)[0], end]);
  if (found !== undefined && found.id !== taskIdOf(batch, last)) {
    throw taken(`its last line was ${Number(found.id.slice(-12))}, and is now ${last}`);
  }
}

function taken(why: string): ValidationError {
  const message = `was used before for another batch (${why}); give another key for other tasks`;
  return new ValidationError([{ field: '--key', message }]);
}
