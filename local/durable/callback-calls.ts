import { type Answer, json } from '../http/answer.ts';
import type { Call } from '../http/call.ts';
import { failCallback, heartbeatCallback, succeedCallback } from './callback.ts';
import { checkErrorSize } from './checkpoint.ts';
import type { DurableEngine } from './engine.ts';
import { readJson } from './query.ts';
import { invalid, parseError } from './update.ts';

/** An operation on one callback, which its id names. */
export interface CallbackOperation {
  readonly operation: string;
  readonly answer: (engine: DurableEngine, callbackId: string, call: Call) => Answer;
}

const RESULT_BYTES = 1024 * 1024;

/** By method and last part of the path. */
export const callbackOperations: Readonly<Record<string, CallbackOperation>> = {
  'POST succeed': { operation: 'SendDurableExecutionCallbackSuccess', answer: succeed },
  'POST fail': { operation: 'SendDurableExecutionCallbackFailure', answer: fail },
  'POST heartbeat': { operation: 'SendDurableExecutionCallbackHeartbeat', answer: heartbeat },
};

/** The result is the body as it is; an empty one is none. */
function succeed(engine: DurableEngine, callbackId: string, { body }: Call): Answer {
  if (body.length > RESULT_BYTES) {
    const rule = `Member must have length less than or equal to ${RESULT_BYTES}`;
    throw invalid(`Value at 'result' failed to satisfy constraint: ${rule}`);
  }
  succeedCallback(engine, callbackId, body.length === 0 ? undefined : body.toString());
  return json({});
}

function fail(engine: DurableEngine, callbackId: string, { body }: Call): Answer {
  const error = parseError(readJson(body));
  checkErrorSize(error, RESULT_BYTES);
  const given = error !== undefined && Object.keys(error).length > 0;
  failCallback(engine, callbackId, given ? error : undefined);
  return json({});
}

function heartbeat(engine: DurableEngine, callbackId: string): Answer {
  heartbeatCallback(engine, callbackId);
  return json({});
}
