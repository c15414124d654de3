import { isUtf8 } from 'node:buffer';
import { ValidationError, type Violation } from '../errors.ts';
import { parseJson } from '../formats/parse-json.ts';
import { Secret } from '../secret.ts';
import { type Connection, connectionOf } from './connection.ts';
import { type Delivery, deliveryOf } from './delivery.ts';
import type { Fields, ValidFields } from './fields.ts';
import { type Limits, limitsOf } from './limits.ts';
import { payloadFault, payloadLimit } from './sizes.ts';

/** What is asked, parsed: nothing behind this point sees the wire form. Times are in milliseconds. */
export type Task =
  | (Asked<'Trigger Lambda Function'> & {
      readonly request: InvokeRequest;
      readonly delivery: Delivery;
      readonly durable?: DurableSettings;
    })
  | (Asked<'List Functions'> & { readonly request: ListRequest })
  | Asked<'Test Connection'>
  | (Asked<'Send Callback'> & { readonly request: CallbackRequest });

interface Asked<A extends Fields['action']> {
  readonly action: A;
  readonly connection: Connection;
  readonly limits: Limits;
}

export type Action = Task['action'];
export type TaskOf<A extends Action> = Extract<Task, { action: A }>;

export interface InvokeRequest {
  readonly functionName: string;
  readonly qualifier?: string;
  readonly invocationType: 'RequestResponse' | 'Event' | 'DryRun';
  readonly logTail: boolean;
  readonly payload?: Uint8Array;
  /** JSON text, not yet encoded. */
  readonly clientContext?: Secret;
  readonly tenantId?: string;
  readonly durableExecutionName?: string;
  readonly failOnFunctionError: boolean;
  /** The X-Amzn-Trace-Id header. */
  readonly traceHeader?: string;
}

/** How the end of a durable execution is waited for. */
export interface DurableSettings {
  /** Milliseconds, from the start of the task. */
  readonly timeout: number;
  readonly onTimeout: AtEnd;
  readonly onCancel: AtEnd;
}

/** What is done with an execution that is waited for no longer. */
export type AtEnd = 'stop' | 'leave running';

/** The error of a durable execution or of a callback. */
export interface DurableError {
  readonly type: string | null;
  readonly message: string | null;
  readonly data: string | null;
  readonly stackTrace: readonly string[];
}

/** How a callback is answered. */
export type CallbackRequest = { readonly callbackId: string } & (
  | { readonly result: 'success'; readonly payload?: Uint8Array }
  | { readonly result: 'failure'; readonly error: DurableError }
  | { readonly result: 'heartbeat' }
);

export interface ListRequest {
  readonly marker?: string;
  readonly maxItems: number;
  readonly allVersions: boolean;
}

/** Reads a regular file of at most `limit` bytes. Throws FileError. */
export type ReadFile = (path: string, limit: number) => Promise<Uint8Array>;

/** Makes the task from valid fields. Reads the files they name; what is wrong with those is a violation too. */
export async function toTask(valid: ValidFields, readFile: ReadFile): Promise<Task> {
  const { fields } = valid;
  const violations: Violation[] = [];
  const [payload, ca] = await Promise.all([
    payloadOf(valid, readFile, violations),
    proxyCaOf(fields, readFile, violations),
  ]);
  if (violations.length > 0) throw new ValidationError(violations);
  const [connection, limits] = [connectionOf(valid, ca), limitsOf(fields)];
  const asked = { connection, limits };
  switch (fields.action) {
    case 'Trigger Lambda Function': {
      const { action } = fields;
      const [request, delivery] = [invokeRequestOf(valid, payload), deliveryOf(valid)];
      const task = { action, connection, limits, request, delivery };
      return fields.wait_for_durable_execution ? { ...task, durable: durableOf(fields) } : task;
    }
    case 'List Functions':
      return { action: fields.action, ...asked, request: listRequestOf(fields) };
    case 'Test Connection':
      return { action: fields.action, ...asked };
    case 'Send Callback':
      return { action: fields.action, ...asked, request: callbackRequestOf(fields) };
  }
}

const invocationTypes = {
  'Request Response': 'RequestResponse',
  Event: 'Event',
  'Dry Run': 'DryRun',
} as const satisfies Record<Fields['invocation_type'], InvokeRequest['invocationType']>;

function invokeRequestOf({ fields, parsed }: ValidFields, payload: Uint8Array | undefined): InvokeRequest {
  const { client_context_source, client_context_script, tenant_id, durable_execution_name } = fields;
  const { functionName } = parsed;
  if (functionName === undefined) throw new Error('a task without function_name'); // the schema requires it
  const qualifier = fields.qualifier ?? functionName.qualifier;
  const hasContext = client_context_source === 'Script' && client_context_script !== undefined;
  return {
    functionName: functionName.name,
    ...(qualifier && { qualifier }),
    // A durable execution is started by Event, so that no connection has to stay open for as long as it runs.
    invocationType: fields.wait_for_durable_execution ? 'Event' : invocationTypes[fields.invocation_type],
    logTail: fields.log_type !== 'None' && !fields.wait_for_durable_execution,
    ...(payload && { payload }),
    ...(hasContext && { clientContext: new Secret(client_context_script) }),
    ...(tenant_id && { tenantId: tenant_id }),
    ...(durable_execution_name && { durableExecutionName: durable_execution_name }),
    failOnFunctionError: fields.fail_on_function_error,
  };
}

const atEnds = { Stop: 'stop', 'Leave Running': 'leave running' } as const satisfies Record<Fields['on_cancel'], AtEnd>;

function durableOf({ durable_timeout, on_timeout, on_cancel }: Fields): DurableSettings {
  return { timeout: durable_timeout * 1000, onTimeout: atEnds[on_timeout], onCancel: atEnds[on_cancel] };
}

function callbackRequestOf(fields: Fields): CallbackRequest {
  const { callback_id: callbackId, callback_payload, callback_error_type, callback_error_message } = fields;
  if (callbackId === undefined) throw new Error('a task without callback_id'); // the schema requires it
  switch (fields.callback_result) {
    case 'Success':
      return {
        ...{ callbackId, result: 'success' },
        ...(callback_payload !== undefined && { payload: Buffer.from(callback_payload) }),
      };
    case 'Failure': {
      // Never an empty error: AWS may record one without waking the function.
      const message = callback_error_message ?? 'the callback was answered with a failure';
      const error = { type: callback_error_type ?? 'CallbackFailure', message, data: callback_payload ?? null };
      return { callbackId, result: 'failure', error: { ...error, stackTrace: [] } };
    }
    case 'Heartbeat':
      return { callbackId, result: 'heartbeat' };
  }
}

function listRequestOf({ marker, max_items, function_version }: Fields): ListRequest {
  return { ...(marker && { marker }), maxItems: max_items, allVersions: function_version === 'ALL' };
}

async function payloadOf(
  { fields, parsed }: ValidFields,
  readFile: ReadFile,
  violations: Violation[],
): Promise<Uint8Array | undefined> {
  const { action, payload_source, payload_file } = fields;
  const invocation_type = fields.wait_for_durable_execution ? 'Event' : fields.invocation_type;
  if (action !== 'Trigger Lambda Function') return undefined;
  if (payload_source !== 'File' || payload_file === undefined) return parsed.payload;
  const limit = payloadLimit(invocation_type);
  const tooLarge = (size: number) => payloadFault(size, invocation_type);
  const bytes = await read('payload_file', payload_file, limit, readFile, violations, tooLarge);
  if (bytes === undefined) return undefined;
  const fault = await bytesFault(bytes);
  if (fault !== null) violations.push({ field: 'payload_file', message: fault });
  return bytes;
}

/** Judges the bytes as they are: a text and a value of them are made only to say what is wrong. */
async function bytesFault(bytes: Uint8Array): Promise<string | null> {
  const { JsonCheck } = await import('../formats/json-check.ts');
  const check = new JsonCheck();
  check.write(bytes);
  if (check.end()) return null;
  if (!isUtf8(bytes)) return 'must be JSON in UTF-8, but has bytes that are not UTF-8';
  const json = parseJson(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'));
  return 'fault' in json ? json.fault : null;
}

/** Bytes of PEM; the bundle of all public roots has about 200 KB. */
const caLimit = 4 * 2 ** 20;

async function proxyCaOf(fields: Fields, readFile: ReadFile, violations: Violation[]): Promise<string | undefined> {
  const { use_proxy, proxy_ca_bundle_file } = fields;
  if (!use_proxy || proxy_ca_bundle_file === undefined) return undefined;
  const bytes = await read('proxy_ca_bundle_file', proxy_ca_bundle_file, caLimit, readFile, violations);
  if (bytes === undefined) return undefined;
  const pem = Buffer.from(bytes).toString('latin1');
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) {
    violations.push({ field: 'proxy_ca_bundle_file', message: 'must be a PEM file with at least one certificate' });
  }
  return pem;
}

async function read(
  field: keyof Fields,
  path: string,
  limit: number,
  readFile: ReadFile,
  violations: Violation[],
  tooLarge: (size: number) => string | null = () => null,
): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path, limit);
  } catch (error) {
    const { message, size } = error as { message: string; size?: number | null };
    violations.push({ field, message: (size ? tooLarge(size) : null) ?? `${message}: ${path}` });
    return undefined;
  }
}
