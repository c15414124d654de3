import { CancelledError } from '../errors.ts';
import { execute } from '../execute.ts';
import { toFailure } from '../outcome/failure.ts';
import type { Log, OnProgress, Ports } from '../ports.ts';
import {
  type InvokeAsyncCall,
  type InvokeCall,
  invokeAsyncFields,
  invokeFields,
  type ListFunctionsCall,
  listFunctionsFields,
} from './calls.ts';
import {
  type AccountData,
  type AsyncData,
  type ConnectorResult,
  type InvokeData,
  type ListData,
  type Method,
  toConnectorResult,
} from './connector-result.ts';
import { outcomeInConnectorTerms } from './field-names.ts';
import { type ConnectionProfile, fieldsOf, parseProfile } from './profile.ts';

/** Calls AWS Lambda over one connection. Failures are results, never thrown. */
export interface Connector {
  /** Invokes a function and waits for its answer; with waitForDurableExecution for the end of its durable execution. */
  invoke(call: InvokeCall): Promise<ConnectorResult<InvokeData>>;
  /** Hands the call to Lambda's queue and does not wait for the function. */
  invokeAsync(call: InvokeAsyncCall): Promise<ConnectorResult<AsyncData>>;
  /** Lists the functions that the credentials can see. */
  listFunctions(call?: ListFunctionsCall): Promise<ConnectorResult<ListData>>;
  /** Asks for the account's settings: the cheapest proof of region, credentials and permission. */
  testConnection(call?: { readonly signal?: AbortSignal | undefined }): Promise<ConnectorResult<AccountData>>;
  /** Cancels what runs; later calls fail. */
  close(): void;
}

export interface ConnectorOptions {
  /** Where warnings and the steps of a call go; nowhere when unset. */
  readonly log?: Log | undefined;
}

/** What a connector needs of its host. */
export interface ConnectorPorts extends Omit<Ports, 'signal'> {
  readonly close?: () => void;
}

/** Makes a connector over the given ports. Throws ConnectionProfileError when the profile is not valid. */
export function connectorOver(rawProfile: ConnectionProfile, ports: ConnectorPorts): Connector {
  const profile = parseProfile(rawProfile);
  const connection = fieldsOf(profile);
  const connectionId = profile.id ?? profile.name;
  const running = new Set<AbortController>();
  let closed = false;

  async function call<Data>(method: Method, options: unknown, fields: () => Record<string, unknown>) {
    const { functionName, signal, onProgress } = Object(options) as AnyOptions;
    const abort = new AbortController();
    const cancel = () => abort.abort();
    running.add(abort);
    signal?.addEventListener('abort', cancel);
    try {
      if (closed || signal?.aborted) throw new CancelledError('the call was cancelled before it was sent');
      const raw = { ...connection, ...fields() };
      const outcome = await execute(raw, {
        ...ports,
        signal: abort.signal,
        onProgress: quietly(onProgress, ports.log),
      });
      return toConnectorResult(
        { method, connectionId, functionName: textOf(raw.function_name) },
        outcomeInConnectorTerms(outcome),
      ) as ConnectorResult<Data>;
    } catch (error) {
      return toConnectorResult(
        { method, connectionId, functionName: textOf(functionName) },
        toFailure(error),
      ) as ConnectorResult<Data>;
    } finally {
      signal?.removeEventListener('abort', cancel);
      running.delete(abort);
    }
  }

  return {
    invoke: (options) => call('invoke', options, () => invokeFields(options)),
    invokeAsync: (options) => call('invokeAsync', options, () => invokeAsyncFields(options)),
    listFunctions: (options = {}) => call('listFunctions', options, () => listFunctionsFields(options)),
    testConnection: (options = {}) => call('testConnection', options, () => ({ action: 'Test Connection' })),
    close() {
      closed = true;
      for (const abort of running) abort.abort();
      ports.close?.();
    },
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

interface AnyOptions {
  readonly functionName?: unknown;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/** A caller's function that throws must not end the wait. */
function quietly(onProgress: OnProgress | undefined, log: Log): OnProgress | undefined {
  if (onProgress === undefined) return undefined;
  return (progress) => {
    try {
      onProgress(progress);
    } catch (error) {
      log.warn(`onProgress threw ${error instanceof Error ? error.message : String(error)}`);
    }
  };
}
