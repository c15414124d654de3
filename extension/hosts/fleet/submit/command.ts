import { type Flags, type Given, has, textOf } from '../../cli/command.ts';
import { fieldsOf } from '../../cli/field-flags.ts';
import { keepOf } from '../../cli/fleet-flags.ts';
import { UsageError } from '../../cli/usage-error.ts';
import { type CommandLine, type Fleet, withPrepared } from '../../cli/with-fleet.ts';
import { print } from '../../process/print.ts';
import { readFile } from '../../process/read-file.ts';
import { ensureQueue } from '../database/queue.ts';
import { toJobData } from '../job/data.ts';
import { defaultQueue } from '../job/job.ts';
import { type Keys, keyVariable, loadKeys } from '../job/sealed.ts';
import { checkShared, submitBatch } from './batch.ts';
import { waitForBatch, waitForTask } from './ends.ts';
import type { Placing } from './insert.ts';
import { count } from './progress.ts';
import { textOf as flowText, isFileName, payloadFields, type Request, requestIn } from './request.ts';
import { openSource } from './source.ts';
import { startTime } from './start-time.ts';
import { submitTask } from './task.ts';

/** Runs `submit`. */
export function submitCommand(given: Given, flags: Flags): Promise<number> {
  const placing = placingOf(given);
  const use = async (fleet: Fleet, { request, keys }: Order) => {
    await ensureQueue(fleet.db, placing.queue);
    if (request.kind === 'flow') return submitFlowFile(given, fleet, request, placing, keys);
    return has(given, 'each')
      ? submitLines(given, fleet, request.fields, placing, keys)
      : submitOne(given, fleet, request.fields, placing, keys);
  };
  return withPrepared(given, (commandLine) => orderOf(given, flags, commandLine), use, { submits: true });
}

/** What is to be submitted, and what secrets in it are encrypted with. */
export interface Order {
  readonly request: Request;
  readonly keys: Keys | null;
}

/** Reads what is to be submitted and checks it, but for the lines of a batch. Throws UsageError and ValidationError. */
export async function orderOf(given: Given, flags: Flags, commandLine: CommandLine): Promise<Order> {
  const keys = has(given, 'allow-inline-secrets') ? await keysOf(given) : null;
  const request = await requestOf(given, flags, commandLine);
  const isBatch = has(given, 'each');
  if (request.kind === 'flow') {
    if (isBatch) throw new UsageError(`--each needs the fields of one task, in JSON; ${request.path} is a flow`);
    const { checkFlow } = await import('../flow/submit.ts');
    checkFlow(request.text, { path: request.path, keys });
  } else if (isBatch) checkShared(request.fields, keys);
  else toJobData(request.fields, { group: '', keys });
  return { request, keys };
}

function placingOf(given: Given): Placing & { readonly queue: string } {
  const start = textOf(given, 'start-after');
  const priority = textOf(given, 'priority');
  return {
    queue: queueOf(given),
    ...(priority !== undefined && { priority: Number(priority) }),
    ...(start !== undefined && { startAfter: startTime(start, Date.now()) }),
    ...keepOf(given),
  };
}

export function queueOf(given: Given): string {
  const queue = textOf(given, 'queue') ?? defaultQueue;
  if (!/^[A-Za-z0-9_.-]{1,100}$/.test(queue) || queue.startsWith('__pgboss__')) {
    throw new UsageError('--queue must have letters, digits, _, . and - only');
  }
  return queue;
}

async function keysOf(given: Given): Promise<Keys> {
  const keys = await loadKeys(textOf(given, 'secret-key-file'), process.env, readFile);
  if (keys !== null) return keys;
  throw new UsageError(`--allow-inline-secrets needs a key: --secret-key-file FILE, or the variable ${keyVariable}`);
}

/** What is to be submitted: fields, or a flow. */
async function requestOf(given: Given, flags: Flags, { signal, say }: CommandLine): Promise<Request> {
  const [word] = given.parameters;
  const flow = textOf(given, 'flow');
  if (flow !== undefined) {
    if (word !== undefined) throw new UsageError(`--flow takes the place of ${word}; give one`);
    return { kind: 'flow', text: await flowText(flow), path: flow };
  }
  if (word === undefined) throw new UsageError('give a function, a FILE of fields or --flow FILE');
  if (word === '-' && textOf(given, 'each') === '-') throw new UsageError('standard input is either fields or lines');
  const own = fieldsOf(flags, given);
  if (isFileName(word)) {
    const request = await requestIn(word, signal);
    if (request.kind === 'flow') return request;
    const hasPayload = has(given, 'payload') || has(given, 'payload-file') || has(given, 'data');
    const payload = hasPayload ? await payloadFields(given, signal, say) : {};
    return { kind: 'fields', fields: { ...request.fields, ...own, ...payload } };
  }
  const payload = has(given, 'each') ? {} : await payloadFields(given, signal, say);
  return { kind: 'fields', fields: { function_name: word, ...own, ...payload } };
}

async function submitFlowFile(
  given: Given,
  fleet: Fleet,
  { text, path }: Extract<Request, { kind: 'flow' }>,
  placing: Placing,
  keys: Keys | null,
): Promise<number> {
  const { submitFlow } = await import('../flow/submit.ts');
  const key = textOf(given, 'key');
  const options = { ...placing, path, keys, ...(key !== undefined && { key }) };
  const { id, tasks, existed } = await submitFlow(fleet.db, text, options);
  fleet.say(
    existed
      ? `The flow of ${count(tasks)} tasks was submitted before with this key`
      : `Submitted a flow of ${count(tasks)} tasks to queue ${placing.queue}`,
  );
  if (has(given, 'wait')) {
    fleet.say(`Flow ${id}`);
    return waitForTask(fleet, { queues: [placing.queue], id });
  }
  return delivered(fleet, id, { flow: id, tasks, queue: placing.queue, existed });
}

async function submitOne(
  given: Given,
  fleet: Fleet,
  fields: object,
  placing: Placing,
  keys: Keys | null,
): Promise<number> {
  const { id, existed } = await submitTask(fleet.db, fields, placing, keys, textOf(given, 'key'));
  await fleet.db.wake(placing.queue);
  if (existed) fleet.say('The task was submitted before with this key');
  if (!has(given, 'wait')) return delivered(fleet, id, { id, queue: placing.queue, existed });
  fleet.say(`Task ${id}`);
  return waitForTask(fleet, { queues: [placing.queue], id });
}

async function submitLines(
  given: Given,
  fleet: Fleet,
  fields: Readonly<Record<string, unknown>>,
  placing: Placing,
  keys: Keys | null,
): Promise<number> {
  const { db, signal, say, err } = fleet;
  const source = await openSource(textOf(given, 'each') ?? '-', signal);
  const started = performance.now();
  const isShown = err.isTerminal && !fleet.isQuiet;
  let shown = started;
  const onProgress = (step: string, done: number) => {
    if (!isShown || performance.now() - shown < 100) return;
    shown = performance.now();
    process.stderr.write(`\r\u001b[2K${count(done)} lines ${step}`);
  };
  try {
    const result = await submitBatch(db, { fields, source, placing, keys, key: textOf(given, 'key'), onProgress });
    if (isShown) process.stderr.write('\r\u001b[2K');
    await db.wake(placing.queue);
    const { batch, count: tasks, existed } = result;
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const all = `${count(tasks)} ${tasks === 1 ? 'task' : 'tasks'}`;
    say(
      existed
        ? `The batch of ${all} was submitted before with this key`
        : `Submitted ${all} to queue ${placing.queue} in ${seconds} s`,
    );
    if (!has(given, 'wait')) return await delivered(fleet, batch, { batch, tasks, queue: placing.queue, existed });
    return await waitForBatch(fleet, { queues: [placing.queue], id: batch });
  } finally {
    if (isShown) process.stderr.write('\r\u001b[2K');
    await source.close();
  }
}

async function delivered(fleet: Fleet, id: string, json: object): Promise<number> {
  await print(fleet.isJson ? `${JSON.stringify(json)}\n` : `${id}\n`);
  return 0;
}
