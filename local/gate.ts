import type { Credentials } from './auth/credentials.ts';
import { verifySignature } from './auth/signature.ts';
import { LAMBDA_REFUSALS, SignatureError, STS_REFUSALS } from './auth/signature-error.ts';
import type { Answer } from './http/answer.ts';
import { type Call, header } from './http/call.ts';
import { refuseBrowser } from './http/caller.ts';
import { answerLambda } from './lambda/lambda-api.ts';
import { LambdaError, toLambdaAnswer } from './lambda/lambda-error.ts';
import type { LambdaPorts } from './lambda/lambda-ports.ts';
import { answerLogs, type LogsPorts, TARGET_PREFIX } from './logs/logs-api.ts';
import { LOGS_REFUSALS, LogsError, toLogsAnswer } from './logs/logs-error.ts';
import { answerSts } from './sts/sts-api.ts';
import { StsError, toStsAnswer } from './sts/sts-error.ts';

export interface GatePorts extends LambdaPorts, LogsPorts {
  readonly credentials: Credentials;
  readonly now: () => number;
  readonly port: () => number;
}

/** Answers any call: verifies who signed it and hands it to the service it is for. Every failure is an answer, too. */
export async function answerCall(call: Call, ports: GatePorts): Promise<Answer> {
  try {
    refuseBrowser(call, ports.port());
  } catch (error) {
    return toLambdaAnswer(toLambdaError(error, call, ports));
  }
  if (header(call, 'x-amz-target')?.startsWith(TARGET_PREFIX)) return callLogs(call, ports);
  return isForSts(call) ? callSts(call, ports) : callLambda(call, ports);
}

async function callLambda(call: Call, ports: GatePorts): Promise<Answer> {
  try {
    // Of such a call the body was not kept, and so its signature cannot be computed again.
    if (call.bodyLength > call.body.length) {
      throw new LambdaError(413, 'RequestTooLargeException', `${call.bodyLength} byte payload is too large`);
    }
    const signer = await verifySignature(call, 'lambda', ports.credentials, ports.now());
    return await answerLambda(call, signer, ports);
  } catch (error) {
    return toLambdaAnswer(toLambdaError(error, call, ports));
  }
}

function toLambdaError(error: unknown, call: Call, ports: GatePorts): LambdaError {
  if (error instanceof LambdaError) return error;
  if (error instanceof SignatureError) {
    const { status, name } = LAMBDA_REFUSALS[error.reason];
    return new LambdaError(status, name, error.message);
  }
  return new LambdaError(500, 'ServiceException', describe(error, call, ports));
}

async function callLogs(call: Call, ports: GatePorts): Promise<Answer> {
  try {
    return answerLogs(call, await verifySignature(call, 'logs', ports.credentials, ports.now()), ports);
  } catch (error) {
    return toLogsAnswer(toLogsError(error, call, ports));
  }
}

function toLogsError(error: unknown, call: Call, ports: GatePorts): LogsError {
  if (error instanceof LogsError) return error;
  if (error instanceof SignatureError) return new LogsError(LOGS_REFUSALS[error.reason], error.message);
  return new LogsError('InternalFailure', describe(error, call, ports), 500);
}

async function callSts(call: Call, ports: GatePorts): Promise<Answer> {
  try {
    const signer = await verifySignature(call, 'sts', ports.credentials, ports.now());
    return answerSts(call, signer, ports.credentials, ports.now());
  } catch (error) {
    return toStsAnswer(toStsError(error, call, ports), call.id);
  }
}

function toStsError(error: unknown, call: Call, ports: GatePorts): StsError {
  if (error instanceof StsError) return error;
  if (error instanceof SignatureError) {
    const { status, name } = STS_REFUSALS[error.reason];
    return new StsError(status, name, error.message);
  }
  return new StsError(500, 'InternalFailure', describe(error, call, ports));
}

/** Logs what nobody foresaw with its stack, and gives its message for the answer. */
function describe(error: unknown, { method, path }: Call, { log }: GatePorts): string {
  const { stack, message } = error as Error;
  log(`${method} ${path} failed: ${stack}`);
  return message;
}

/** STS has one path, Lambda none of that name; the form or the scope of the signature decides between the rest. */
function isForSts(call: Call): boolean {
  const form = header(call, 'content-type')?.startsWith('application/x-www-form-urlencoded') ?? false;
  return call.path === '/' && (form || call.query.has('Action') || call.method === 'POST');
}
