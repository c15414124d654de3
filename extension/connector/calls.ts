import { ValidationError, type Violation } from '../errors.ts';
import { clientContextOf } from '../formats/client-context.ts';
import { renderJson, renderText, renderValue, type Scope, TemplateError } from '../formats/template-parameters.ts';
import type { OnProgress } from '../ports.ts';

interface AnyCall {
  /** What `{{ path }}` in the texts and the JSON of this call refers to; without it they are sent as they are. */
  readonly parameters?: Scope | undefined;
  /** Cancels the call. */
  readonly signal?: AbortSignal | undefined;
}

export interface InvokeAsyncCall extends AnyCall {
  /** Name, name:alias, partial ARN or full ARN. */
  readonly functionName: string;
  /** Version or alias; $LATEST when unset. */
  readonly qualifier?: string | undefined;
  /** JSON as text or bytes, sent byte for byte, or a value that is made JSON; `{}` when unset. */
  readonly payload?: unknown;
  /** Base64 of a JSON object, or the object itself as text or value. */
  readonly clientContext?: string | object | undefined;
  /** Seconds, 1 to 1800; the connection's when unset or 0. */
  readonly timeout?: number | string | null | undefined;
}

export interface InvokeCall extends InvokeAsyncCall {
  /** Tail brings the last 4 KB of the log in metadata.logs. A dry run writes no log. */
  readonly logType?: 'None' | 'Tail' | undefined;
  /** Checks permission and parameters only. */
  readonly dryRun?: boolean | undefined;
  /** Name of the durable execution: AWS starts one for one name. */
  readonly durableExecutionName?: string | undefined;
  /** Starts a durable execution, or finds the one that has the name, and waits for its end. */
  readonly waitForDurableExecution?: boolean | undefined;
  /** Seconds to wait for it, 1 to 31622400; 86400 when unset. */
  readonly durableTimeout?: number | string | null | undefined;
  /** What is done with it when durableTimeout has passed; left running when unset. */
  readonly onTimeout?: 'Leave Running' | 'Stop' | undefined;
  /** What is done with it when the call is cancelled; stopped when unset. */
  readonly onCancel?: 'Stop' | 'Leave Running' | undefined;
  /** Called for each event of the execution, as it becomes known. */
  readonly onProgress?: OnProgress | undefined;
}

export interface ListFunctionsCall extends AnyCall {
  /** The nextMarker of an earlier list. */
  readonly marker?: string | undefined;
  /** 1 to 10000; 50 when unset. */
  readonly maxItems?: number | string | undefined;
  readonly functionVersion?: 'ALL' | 'unqualified' | undefined;
}

type Raw = Record<string, unknown>;

/** The fields of Invoke. Throws ValidationError with everything that is wrong. */
export function invokeFields(call: InvokeCall): Raw {
  const reading = new Reading(call, [...asyncNames, 'logType', 'dryRun', ...durableNames]);
  const dryRun = reading.boolean('dryRun');
  reading.callback('onProgress');
  return reading.done({
    ...functionFields(reading),
    invocation_type: dryRun ? 'Dry Run' : 'Request Response',
    log_type: dryRun ? 'None' : reading.text('logType'),
    durable_execution_name: reading.text('durableExecutionName'),
    wait_for_durable_execution: reading.boolean('waitForDurableExecution'),
    durable_timeout: reading.text('durableTimeout'),
    on_timeout: reading.text('onTimeout'),
    on_cancel: reading.text('onCancel'),
  });
}

const durableNames = [
  ...['durableExecutionName', 'waitForDurableExecution', 'durableTimeout'],
  ...['onTimeout', 'onCancel', 'onProgress'],
];

/** The fields of Invoke Async. */
export function invokeAsyncFields(call: InvokeAsyncCall): Raw {
  const reading = new Reading(call, asyncNames);
  return reading.done({ ...functionFields(reading), invocation_type: 'Event' });
}

/** The fields of List Functions. */
export function listFunctionsFields(call: ListFunctionsCall): Raw {
  const reading = new Reading(call, ['marker', 'maxItems', 'functionVersion']);
  return reading.done({
    action: 'List Functions',
    marker: reading.text('marker'),
    max_items: reading.text('maxItems'),
    function_version: reading.text('functionVersion'),
  });
}

const asyncNames = ['functionName', 'qualifier', 'payload', 'clientContext', 'timeout'];

function functionFields(reading: Reading): Raw {
  const context = reading.clientContext();
  const timeout = reading.text('timeout');
  return {
    action: 'Trigger Lambda Function',
    function_name: reading.text('functionName'),
    qualifier: reading.text('qualifier'),
    payload_source: 'Script',
    payload_script: reading.payload(),
    client_context_source: context === undefined ? 'None' : 'Script',
    client_context_script: context,
    ...(!isUnset(timeout) && Number(timeout) !== 0 && { wait_for_completion_timeout: timeout }),
  };
}

/** Reads a call's options, puts values into their placeholders, and gathers what is wrong. */
class Reading {
  readonly #call: Raw;
  readonly #scope: Scope | undefined;
  readonly #violations: Violation[] = [];

  constructor(call: unknown, names: readonly string[]) {
    this.#call = (typeof call === 'object' && call !== null ? call : {}) as Raw;
    const { parameters } = this.#call;
    if (typeof parameters === 'object' && parameters !== null) this.#scope = parameters as Scope;
    else if (parameters !== undefined) this.#refuse('parameters', 'must be an object');
    for (const name of Object.keys(this.#call)) {
      if (!names.includes(name) && !common.has(name))
        this.#refuse(name.slice(0, 64), `is not one of ${names.join(', ')}`);
    }
  }

  text(name: string): unknown {
    const value = this.#call[name];
    const scope = this.#scope;
    if (scope === undefined || typeof value !== 'string') return value;
    return this.#attempt(name, () => renderText(value, scope));
  }

  boolean(name: string): boolean {
    const value = this.#call[name];
    if (isUnset(value) || value === false || value === 'false') return false;
    if (value === true || value === 'true') return true;
    this.#refuse(name, 'must be true or false');
    return false;
  }

  callback(name: string): void {
    const value = this.#call[name];
    if (value !== undefined && typeof value !== 'function') this.#refuse(name, 'must be a function');
  }

  payload(): unknown {
    const { payload = '{}' } = this.#call;
    return this.#attempt('payload', () => {
      const text = jsonText(payload);
      if (text.trim() === '') throw new RangeError('must be valid JSON, but is empty; write {} for an empty event');
      // Bytes are somebody else's text, in which braces are no placeholders.
      return this.#scope === undefined || payload instanceof Uint8Array ? text : renderJson(text, this.#scope);
    });
  }

  clientContext(): string | undefined {
    const { clientContext } = this.#call;
    if (isUnset(clientContext)) return undefined;
    return this.#attempt('clientContext', () => {
      const value = this.#rendered(clientContext);
      return isUnset(value) ? undefined : clientContextOf(value);
    });
  }

  done(fields: Raw): Raw {
    if (this.#violations.length > 0) throw new ValidationError(this.#violations);
    return fields;
  }

  #rendered(value: unknown): unknown {
    const scope = this.#scope;
    if (scope === undefined) return value;
    const text = typeof value === 'string' ? value.trim() : JSON.stringify(value);
    // No JSON begins with two braces, so that is a placeholder.
    return text.startsWith('{') && !text.startsWith('{{') ? renderJson(text, scope) : renderValue(text, scope);
  }

  #attempt<T>(name: string, make: () => T): T | undefined {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof TemplateError || error instanceof RangeError)) throw error;
      this.#refuse(name, error.message);
      return undefined;
    }
  }

  #refuse(field: string, message: string): void {
    this.#violations.push({ field, message });
  }
}

const common = new Set(['parameters', 'signal']);

/** JSON text as it is, also from bytes; any other value made JSON. */
function jsonText(payload: unknown): string {
  if (typeof payload === 'string') return payload;
  if (payload instanceof Uint8Array) return utf8(payload);
  try {
    const text = JSON.stringify(payload);
    if (text !== undefined) return text;
  } catch {
    // A BigInt or a circle: said below.
  }
  throw new RangeError('must be JSON text or a value that has a JSON form');
}

function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new RangeError('must be JSON in UTF-8, but has bytes that are not UTF-8');
  }
}

function isUnset(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}
