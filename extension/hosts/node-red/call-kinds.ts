import type { AsyncData, InvokeData, ListData } from '../../connector/connector-result.ts';
import type { CallContext, CallKind } from './call-node.ts';
import type { Config, Message } from './red.ts';

const invoke: CallKind = {
  type: 'connected.awslambda.invoke',
  call: (connector, config, message, context) =>
    connector.invoke({
      ...functionCall(config, message, context),
      logType: text(config.logType) as 'Tail' | undefined,
      dryRun: config.dryRun as boolean | undefined,
      ...durableCall(config, context),
    }),
  payload: (data) => (data as InvokeData).payload,
};

const invokeAsync: CallKind = {
  type: 'connected.awslambda.invoke_async',
  call: (connector, config, message, context) => connector.invokeAsync(functionCall(config, message, context)),
  payload: (data) => data as AsyncData,
};

const listFunctions: CallKind = {
  type: 'connected.awslambda.list_functions',
  call: (connector, config, _message, { parameters, signal }) =>
    connector.listFunctions({
      marker: text(config.marker),
      maxItems: text(config.maxItems),
      functionVersion: text(config.functionVersion) as 'ALL' | undefined,
      ...{ parameters, signal },
    }),
  payload: (data) => (data as ListData).functions,
};

export const callKinds: readonly CallKind[] = [invoke, invokeAsync, listFunctions];

function functionCall(config: Config, message: Message, { red, parameters, signal }: CallContext) {
  return {
    functionName: text(config.functionName) ?? '',
    qualifier: text(config.qualifier),
    payload: config.payloadType === 'msg' ? fromMessage(config, message, red) : config.payload,
    clientContext: text(config.clientContext),
    timeout: text(config.timeout),
    ...{ parameters, signal },
  };
}

/** A deploy ends the wait and not the execution: the next message with the same name finds it again. */
function durableCall(config: Config, { onProgress }: CallContext) {
  if (config.waitForDurableExecution !== true) return {};
  return {
    waitForDurableExecution: true,
    durableExecutionName: text(config.durableExecutionName),
    durableTimeout: text(config.durableTimeout),
    onCancel: 'Leave Running' as const,
    onProgress,
  };
}

/** A property of the message, as bytes, so that nothing in it is taken for a placeholder. A text must be JSON. */
function fromMessage({ payload }: Config, message: Message, red: CallContext['red']): unknown {
  const path = text(payload) ?? 'payload';
  const value = red.util.getMessageProperty(message, path);
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'string') return Buffer.from(value);
  const json = asJson(value);
  // A placeholder without a value makes the error that names the path.
  return json === undefined ? `"{{ ${path} }}"` : Buffer.from(json);
}

function asJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** A field of the form, which may hold a number in a flow that was written by hand. */
function text(value: unknown): string | undefined {
  return value === undefined || value === null || value === '' ? undefined : String(value);
}
