import type { ErrorObject } from './error-object.ts';
import type { Closing, DurableExecution } from './execution.ts';
import type { NewEvent } from './history.ts';
import type { Operation, OperationType } from './operation.ts';
import { transit } from './transition.ts';
import { invalid, type OperationUpdate } from './update.ts';

const OPERATION_ID = /^[a-zA-Z0-9-_]{1,64}$/;
const ERROR_BYTES = 32 * 1024;
const PAYLOAD_BYTES = 256 * 1024;
const INVOKE_PAYLOAD_BYTES = 1024 * 1024;

/** What a batch of updates would do, worked out without touching the execution: a refused batch changes nothing. */
export interface Changes {
  readonly operations: ReadonlyMap<string, Operation>;
  readonly events: readonly NewEvent[];
  readonly closing: Closing | undefined;
  /** Invokes whose targets have to be started. */
  readonly invokes: readonly string[];
}

export function applyUpdates(execution: DurableExecution, updates: readonly OperationUpdate[], now: number): Changes {
  checkBatch(updates);
  const operations = new Map<string, Operation>();
  const find = (id: string): Operation | undefined => operations.get(id) ?? execution.operations.get(id);
  const events: NewEvent[] = [];
  let closing: Closing | undefined;
  for (const update of updates) {
    const existing = update.type === 'EXECUTION' ? undefined : checkTarget(update, find);
    checkSizes(update, execution.request.resultLimit);
    const change = transit(update, existing, execution, now);
    if (change.operation !== undefined) operations.set(update.id, change.operation);
    if (change.event !== undefined) events.push(change.event);
    closing ??= change.closing;
  }
  const invokes = updates.filter(({ type }) => type === 'CHAINED_INVOKE').map(({ id }) => id);
  return { operations, events, closing, invokes };
}

function checkBatch(updates: readonly OperationUpdate[]): void {
  const executions = updates.filter(({ type }) => type === 'EXECUTION');
  if (executions.length > 1) throw invalid('Cannot checkpoint multiple EXECUTION updates.');
  if (executions.length === 1 && updates.at(-1) !== executions[0])
    throw invalid('EXECUTION checkpoint must be the last update.');
  const last = new Map<string, OperationUpdate>();
  for (const update of updates) {
    const previous = last.get(update.id);
    if (previous !== undefined && !mayFollow(update, previous))
      throw invalid('Cannot update the same operation twice in a single request.');
    last.set(update.id, update);
  }
}

/** A step or a context may start and end in one batch. */
function mayFollow(update: OperationUpdate, previous: OperationUpdate): boolean {
  const closable = update.type === 'STEP' || update.type === 'CONTEXT';
  return closable && previous.type === update.type && previous.action === 'START' && update.action !== 'START';
}

function checkTarget(update: OperationUpdate, find: (id: string) => Operation | undefined): Operation | undefined {
  if (!OPERATION_ID.test(update.id)) throw invalid('Invalid operation id.');
  const existing = find(update.id);
  if (existing !== undefined) checkConsistency(existing, update);
  if (update.parentId !== undefined && find(update.parentId)?.type !== 'CONTEXT')
    throw invalid('Invalid parent operation id.');
  return existing;
}

function checkConsistency(existing: Operation, update: OperationUpdate): void {
  if (existing.type !== update.type) throw invalid('Inconsistent operation type.');
  if (update.subType !== undefined && existing.subType !== update.subType)
    throw invalid('Inconsistent operation subtype.');
  if (update.name !== undefined && existing.name !== update.name) throw invalid('Inconsistent operation name.');
  if (existing.parentId !== update.parentId) throw invalid('Inconsistent parent operation id.');
}

function checkSizes({ type, payload, error }: OperationUpdate, resultLimit: number): void {
  checkErrorSize(error, ERROR_BYTES);
  if (type === 'EXECUTION') checkResultSize(payload, resultLimit);
  else checkPayloadSize(type, payload);
}

function checkPayloadSize(type: OperationType, payload: string | undefined): void {
  const limit = type === 'CHAINED_INVOKE' ? INVOKE_PAYLOAD_BYTES : PAYLOAD_BYTES;
  if (Buffer.byteLength(payload ?? '') > limit)
    throw invalid(`${type} payload size must be less than or equal to ${limit} bytes.`);
}

export function checkErrorSize(error: ErrorObject | undefined, limit: number): void {
  if (error !== undefined && Buffer.byteLength(JSON.stringify(error)) > limit)
    throw invalid(`Error object size must be less than or equal to ${limit} bytes.`);
}

export function checkResultSize(result: string | undefined, limit: number): void {
  if (Buffer.byteLength(result ?? '') > limit)
    throw invalid(`Execution output payload size must be less than or equal to ${limit} bytes.`);
}
