import { ValidationError, type Violation } from '../errors.ts';
import { toFailure } from '../outcome/failure.ts';
import type { Connector } from './connector.ts';
import { type Method, toConnectorResult } from './connector-result.ts';

/** Takes the place of a connector whose profile is not valid: every call says why, and nothing is sent. */
export function refusingConnector(connectionId: string, violations: readonly Violation[]): Connector {
  const refuse = async (method: Method, call?: { functionName?: unknown }) => {
    const { functionName } = Object(call) as { functionName?: unknown };
    const named = typeof functionName === 'string' && functionName !== '' ? functionName : undefined;
    const facts = { method, connectionId, functionName: named };
    return toConnectorResult(facts, toFailure(new ValidationError(violations))) as never;
  };
  return {
    invoke: (call) => refuse('invoke', call),
    invokeAsync: (call) => refuse('invokeAsync', call),
    listFunctions: () => refuse('listFunctions'),
    testConnection: () => refuse('testConnection'),
    close() {},
  };
}
