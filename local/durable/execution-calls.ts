import { type Answer, json } from '../http/answer.ts';
import type { Call } from '../http/call.ts';
import { LambdaError } from '../lambda/lambda-error.ts';
import { readMarker, writeMarker } from '../lambda/marker.ts';
import { checkErrorSize } from './checkpoint.ts';
import { checkpoint, findByToken } from './checkpoint-call.ts';
import type { DurableEngine } from './engine.ts';
import { isClosed } from './execution.ts';
import { toWireEvent } from './history.ts';
import { readBoolean, readJson, readMaxItems } from './query.ts';
import { statePage } from './state.ts';
import { invalid, parseError, parseUpdates } from './update.ts';
import { inSeconds, toWireExecution } from './wire.ts';

/** An operation on one execution, which its ARN names. */
export interface ExecutionOperation {
  readonly operation: string;
  readonly answer: (engine: DurableEngine, arn: string, call: Call) => Answer | Promise<Answer>;
}

const ERROR_BYTES = 1024 * 1024;

/** By method and last part of the path. */
export const executionOperations: Readonly<Record<string, ExecutionOperation>> = {
  'GET ': { operation: 'GetDurableExecution', answer: getExecution },
  'GET history': { operation: 'GetDurableExecutionHistory', answer: getHistory },
  'GET state': { operation: 'GetDurableExecutionState', answer: getState },
  'POST stop': { operation: 'StopDurableExecution', answer: stopExecution },
  'POST checkpoint': { operation: 'CheckpointDurableExecution', answer: checkpointExecution },
};

function getExecution({ store }: DurableEngine, arn: string, { query }: Call): Answer {
  return json(toWireExecution(store.read(arn), readBoolean(query, 'IncludeExecutionData', true)));
}

function getHistory({ store }: DurableEngine, arn: string, { query }: Call): Answer {
  const includeData = readBoolean(query, 'IncludeExecutionData', true);
  const newestFirst = readBoolean(query, 'ReverseOrder', false);
  const maxItems = readMaxItems(query);
  const { history } = store.read(arn);
  // The marker is the number of the last event given; new events come behind it in both orders.
  const kind = newestFirst ? 'history-newest-first' : 'history';
  const last = readMarker(query.get('Marker'), kind) ?? (newestFirst ? history.length + 1 : 0);
  const start = newestFirst ? Math.max(0, last - 1 - maxItems) : last;
  const page = history.slice(start, newestFirst ? last - 1 : start + maxItems);
  const events = newestFirst ? page.toReversed() : page;
  const end = events.at(-1)?.eventId;
  const more = end !== undefined && (newestFirst ? end > 1 : end < history.length);
  return json({
    Events: events.map((event) => toWireEvent(event, includeData)),
    NextMarker: more ? writeMarker(kind, end) : undefined,
  });
}

/** Closes an execution. One that is closed stays as it is, and the answer says when that was. */
function stopExecution(engine: DurableEngine, arn: string, { body }: Call): Answer {
  const error = parseError(readJson(body)) ?? {};
  checkErrorSize(error, ERROR_BYTES);
  const execution = engine.store.find(arn);
  if (execution === undefined)
    throw new LambdaError(404, 'ResourceNotFoundException', 'Durable Execution does not exist');
  if (!isClosed(execution)) engine.close(execution, { status: 'STOPPED', error });
  return json({ StopTimestamp: inSeconds(execution.endedAt ?? engine.clock.now()) });
}

/** Answers the durable SDK in the function, as long as its token is the current one. */
function getState(engine: DurableEngine, arn: string, { query }: Call): Answer {
  const maxItems = Number(query.get('MaxItems')) ? readMaxItems(query) : undefined;
  const execution = findByToken(engine, arn, query.get('CheckpointToken') ?? '');
  const form = (time: number): number => engine.clock.toMachineTime(time) / 1000;
  return json(statePage(execution, form, query.get('Marker'), maxItems));
}

async function checkpointExecution(engine: DurableEngine, arn: string, { body }: Call): Promise<Answer> {
  const { CheckpointToken: token, ClientToken: clientToken, Updates } = readJson(body);
  if (typeof token !== 'string') throw invalid('Checkpoint token is required');
  const updates = parseUpdates(Updates);
  const given = typeof clientToken === 'string' ? clientToken : undefined;
  return json(await checkpoint(engine, { arn, token, clientToken: given, updates }));
}
