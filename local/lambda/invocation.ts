import { type Call, header } from '../http/call.ts';
import { LambdaError, validationError } from './lambda-error.ts';

const PAYLOAD_LIMITS = { RequestResponse: 6_291_456, Event: 1_048_576, DryRun: 6_291_456 } as const;
const CLIENT_CONTEXT_LIMIT = 3583;

export type InvocationType = keyof typeof PAYLOAD_LIMITS;

/** What an Invoke asks for, checked as Lambda checks it before a handler runs. */
export interface Invocation {
  readonly type: InvocationType;
  readonly tail: boolean;
  /** The event's JSON text as it came. */
  readonly event: string;
  readonly clientContext: string | undefined;
  readonly tenantId: string | undefined;
  /** The name under which a durable function is to run once; other functions do not care. */
  readonly executionName: string | undefined;
}

const EXECUTION_NAME = /^[a-zA-Z0-9-_]{1,64}$/;

export function parseInvocation(call: Call): Invocation {
  const type = oneOf(call, 'x-amz-invocation-type', 'RequestResponse', ['RequestResponse', 'Event', 'DryRun']);
  const logType = oneOf(call, 'x-amz-log-type', 'None', ['None', 'Tail']);
  const limit = PAYLOAD_LIMITS[type];
  if (call.bodyLength > limit) {
    const message = `${call.bodyLength} byte payload is too large for the ${type} invocation type (limit ${limit} bytes)`;
    throw new LambdaError(413, 'RequestTooLargeException', message);
  }
  return {
    type,
    tail: logType === 'Tail' && type === 'RequestResponse',
    event: parseEvent(call.body),
    // Lambda drops the context of an asynchronous invocation.
    clientContext: type === 'Event' ? undefined : parseClientContext(header(call, 'x-amz-client-context')),
    tenantId: header(call, 'x-amz-tenant-id'),
    executionName: parseExecutionName(header(call, 'x-amz-durable-execution-name')),
  };
}

function parseExecutionName(name: string | undefined): string | undefined {
  if (name === undefined || EXECUTION_NAME.test(name)) return name;
  const constraint = 'Member must satisfy regular expression pattern: [a-zA-Z0-9-_]{1,64}';
  throw validationError(name, 'durableExecutionName', constraint);
}

/** An empty payload is an empty object to the handler. */
function parseEvent(body: Buffer): string {
  if (body.length === 0) return '{}';
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
    JSON.parse(text);
    return text;
  } catch {
    const message = 'Could not parse request body into json: Could not parse payload into json: it is not valid JSON';
    throw new LambdaError(400, 'InvalidRequestContentException', message);
  }
}

function parseClientContext(encoded: string | undefined): string | undefined {
  if (encoded === undefined || encoded === '') return undefined;
  if (encoded.length > CLIENT_CONTEXT_LIMIT) {
    const message = `Client context of ${encoded.length} bytes is too long (limit ${CLIENT_CONTEXT_LIMIT} bytes)`;
    throw new LambdaError(400, 'InvalidRequestContentException', message);
  }
  try {
    const text = Buffer.from(encoded, 'base64').toString();
    JSON.parse(text);
    return text;
  } catch {
    const message = 'Client context must be a valid Base64-encoded JSON object.';
    throw new LambdaError(400, 'InvalidRequestContentException', message);
  }
}

function oneOf<T extends string>(call: Call, name: string, standard: T, values: readonly T[]): T {
  const given = header(call, name) ?? standard;
  const value = values.find((candidate) => candidate === given);
  if (value === undefined) {
    const message = `Value '${given}' of ${name} failed to satisfy constraint: Member must satisfy enum value set: [${values.join(', ')}]`;
    throw new LambdaError(400, 'InvalidParameterValueException', message);
  }
  return value;
}
