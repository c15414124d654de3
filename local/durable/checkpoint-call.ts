import { findTarget, startChainedInvoke } from './chained-invoke.ts';
import { applyUpdates, type Changes } from './checkpoint.ts';
import type { DurableEngine } from './engine.ts';
import { type DurableExecution, isClosed } from './execution.ts';
import { record } from './history.ts';
import { completed } from './invocation.ts';
import { fireOperations } from './timers.ts';
import { decodeCheckpointToken, encodeCheckpointToken } from './token.ts';
import { invalid, type OperationUpdate } from './update.ts';
import { toWireOperation } from './wire.ts';

export interface Checkpoint {
  readonly arn: string;
  readonly token: string;
  readonly clientToken: string | undefined;
  readonly updates: readonly OperationUpdate[];
}

/** Finds the execution whose running invocation holds this token. */
export function findByToken(engine: DurableEngine, arn: string, token: string): DurableExecution {
  const { arn: own, invocationId, sequence } = decodeCheckpointToken(token) ?? {};
  if (own !== undefined && own !== arn) throw invalid('Checkpoint token is not valid for the durable execution ARN');
  const execution = engine.store.find(arn);
  const current =
    execution !== undefined &&
    !isClosed(execution) &&
    execution.invocation?.id === invocationId &&
    execution.checkpoints === sequence;
  // The durable SDK knows this beginning: it then ends the invocation and not the execution.
  if (!current || own === undefined) throw invalid('Invalid Checkpoint Token');
  return execution;
}

/** Answers CheckpointDurableExecution: takes the function's changes and tells it what changed meanwhile. */
export async function checkpoint(engine: DurableEngine, request: Checkpoint): Promise<unknown> {
  const { arn, token, clientToken, updates } = request;
  const last = engine.store.find(arn)?.lastCheckpoint;
  // A client that lost the answer sends the same again, and must not make the change twice.
  if (last !== undefined && last.clientToken === clientToken && last.token === token) return last.answer;
  findByToken(engine, arn, token);
  const targets = await findTargets(engine, updates, arn);
  const execution = findByToken(engine, arn, token);
  const changes = applyUpdates(execution, updates, engine.clock.now());
  commit(engine, execution, changes, targets);
  if (changes.closing !== undefined) {
    if (execution.invocation !== undefined) completed(engine, execution, execution.invocation);
    execution.invocation = undefined;
    engine.close(execution, changes.closing);
    return { NewExecutionState: { Operations: [] } };
  }
  fireOperations(engine, execution);
  execution.checkpoints += 1;
  const answer = {
    CheckpointToken: nextToken(execution),
    NewExecutionState: { Operations: takeUnseen(engine, execution) },
  };
  if (clientToken !== undefined) execution.lastCheckpoint = { clientToken, token, answer };
  return answer;
}

type Targets = ReadonlyMap<string, Awaited<ReturnType<typeof findTarget>>>;

async function findTargets(engine: DurableEngine, updates: readonly OperationUpdate[], arn: string): Promise<Targets> {
  const region = engine.store.find(arn)?.request.region ?? '';
  const names = updates.flatMap(({ functionName }) => (functionName === undefined ? [] : [functionName]));
  const found = names.map(async (name) => [name, await findTarget(engine, name, region)] as const);
  return new Map(await Promise.all(found));
}

function commit(engine: DurableEngine, execution: DurableExecution, changes: Changes, targets: Targets): void {
  for (const operation of changes.operations.values()) engine.change(execution, operation);
  for (const event of changes.events) record(execution, event);
  for (const id of changes.invokes) {
    const operation = changes.operations.get(id);
    const target = targets.get(operation?.functionName ?? '');
    if (operation !== undefined && target !== undefined) startChainedInvoke(engine, execution, operation, target);
  }
}

function nextToken({ arn, invocation, checkpoints }: DurableExecution): string {
  return encodeCheckpointToken({ arn, invocationId: invocation?.id ?? '', sequence: checkpoints });
}

/** The function reads the machine's clock, so the times it is told are of that. */
function takeUnseen({ clock }: DurableEngine, { operations, unseen }: DurableExecution) {
  const form = (time: number): number => clock.toMachineTime(time) / 1000;
  const changed = [...unseen].flatMap((id) => operations.get(id) ?? []);
  unseen.clear();
  return changed.map((operation) => toWireOperation(operation, form));
}
