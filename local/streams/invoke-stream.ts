import type { IncomingMessage } from 'node:http';
import type { FunctionFile } from '../functions/function-files.ts';
import { type FunctionReference, toVersion } from '../functions/function-name.ts';
import type { Answer, BodyStream } from '../http/answer.ts';
import type { Call } from '../http/call.ts';
import { runHandler } from '../lambda/handler-run.ts';
import { parseInvocation } from '../lambda/invocation.ts';
import { LambdaError } from '../lambda/lambda-error.ts';
import type { LambdaPorts } from '../lambda/lambda-ports.ts';
import { tail, writeLog } from '../lambda/log-tail.ts';
import type { HandlerRun } from '../lambda/run-facts.ts';
import { type Result, toResult } from '../lambda/run-outcome.ts';
import { tooManyAtOnce } from '../lambda/throttle.ts';
import { encodeEvent } from './event-stream.ts';

const RESPONSE_LIMIT = 200 * 1024 * 1024;

/** Answers `InvokeWithResponseStream`: the response of the function as it is being written, then how it ended. */
export async function invokeStream(
  call: Call,
  fn: FunctionFile,
  reference: FunctionReference,
  region: string,
  ports: LambdaPorts,
): Promise<Answer> {
  const { pool } = ports;
  const version = toVersion(reference);
  const invocation = parseInvocation(call);
  if (invocation.type === 'Event') {
    const message = 'The invocation type Event is not supported for response streaming: use RequestResponse or DryRun.';
    throw new LambdaError(400, 'InvalidParameterValueException', message);
  }
  const headers = { 'content-type': 'application/vnd.amazon.eventstream', 'x-amz-executed-version': version };
  if (invocation.type === 'DryRun') return { status: 204, headers, body: '' };
  if (pool.full) return tooManyAtOnce();
  const { config, lease } = await pool.prepare(fn, region);
  if (config.durableConfig !== undefined) {
    if (lease !== undefined) pool.giveBack(lease);
    const message = 'You cannot invoke a durable function with response streaming.';
    throw new LambdaError(400, 'InvalidParameterValueException', message);
  }
  const { event, clientContext, tenantId, tail: withLog } = invocation;
  const handlerCall = { fn, region, arn: reference.arn, version, requestId: call.id, event, clientContext, tenantId };
  const relay = createRelay();
  const running = runHandler({ ...handlerCall, read: relay.read }, lease ?? (await pool.acquire(fn, region)), ports);
  // The answer begins with the first bytes of the function, or with its end.
  await Promise.race([relay.opened, running]);
  return { status: 200, headers, body: relay.send(running, withLog) };
}

/** Hands the chunks of a function on to the client, at the pace of the client. */
function createRelay() {
  let open: () => void = () => {};
  let connect: (send: Send) => void = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const connected = new Promise<Send>((resolve) => {
    connect = resolve;
  });
  let tooLarge = false;
  return {
    opened,
    async read(stream: IncomingMessage): Promise<void> {
      open();
      const send = await connected;
      let bytes = 0;
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        tooLarge ||= bytes > RESPONSE_LIMIT;
        if (!tooLarge) await send(encodeEvent('PayloadChunk', 'application/octet-stream', chunk));
      }
    },
    send(running: Promise<HandlerRun>, withLog: boolean): BodyStream {
      return async (send) => {
        connect(send);
        const run = await running;
        const { body, failed } = tooLarge ? tooLargeError() : toResult(run);
        const isWhole = !failed && run.ending.kind !== 'streamed';
        if (isWhole) await send(encodeEvent('PayloadChunk', 'application/octet-stream', Buffer.from(body)));
        const complete = {
          ...(failed && { ErrorCode: 'Unhandled', ErrorDetails: body.toString() }),
          ...(withLog && { LogResult: tail(writeLog(run)) }),
        };
        await send(encodeEvent('InvokeComplete', 'application/json', Buffer.from(JSON.stringify(complete))));
      };
    },
  };
}

type Send = Parameters<BodyStream>[0];

function tooLargeError(): Result {
  const errorMessage = `Response payload size exceeded maximum allowed payload size (${RESPONSE_LIMIT} bytes).`;
  return { body: JSON.stringify({ errorType: 'Function.ResponseSizeTooLarge', errorMessage }), failed: true };
}
