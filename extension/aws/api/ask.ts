import type { AwsCredentialIdentity } from '@smithy/types';
import type { Answered, CallOptions, Log } from '../../ports.ts';
import type { Secret } from '../../secret.ts';
import type { CredentialSource } from '../credentials/credential-source.ts';
import { secretsOf } from '../credentials/identity-secrets.ts';
import { makeCall } from '../transport/call.ts';
import { requestIdOf } from '../transport/foreign-error.ts';
import type { AnswerHead, Journey } from '../transport/journey.ts';
import { correctClock, exchange, type Handling, type Operation, type Service } from './service.ts';

/** What a call needs besides its request. */
export interface Called extends CallOptions {
  readonly name: string;
  readonly marker?: string;
  readonly canExecute?: boolean;
  /** Whether each request is worth a line in the log at its default level. */
  readonly quiet?: boolean;
  readonly secrets?: () => readonly Secret[];
}

export interface Asked<Output, Result> extends Called, Handling {
  /** Makes the result of the SDK's output, which is null when the answer is too large; throws AnswerError. */
  readonly read: (output: Output | null) => Result;
}

/** Sends the request and reads the answer, in one attempt. */
export type Send<Result> = (
  identity: AwsCredentialIdentity,
  journey: Journey,
) => Promise<{ readonly result: Result; readonly head: AnswerHead }>;

/** Makes one call, in as many attempts as are allowed. */
export type Call = <Result>(called: Called, send: Send<Result>) => Promise<Result & Answered>;

/** Makes one call of an operation with its input, whose answer comes at once. */
export type Ask = <Output extends object, Result>(
  operation: Operation,
  input: object,
  asked: Asked<Output, Result>,
) => Promise<Result & Answered>;

/** The way that every call to a service takes; `target` says in words where they go. */
export function calling(service: Service, target: string, credentials: CredentialSource, log: Log): Call {
  return async function call<Result>(called: Called, send: Send<Result>): Promise<Result & Answered> {
    const { name, marker = name, canExecute = false, quiet = false, secrets = () => [], limits, signal } = called;
    const { transport } = service;
    const own = quiet ? { ...log, info: (line: string) => log.debug(line) } : log;
    // Before the call and not within it: the calls for credentials have deadlines and failures of their own.
    const identity = await credentials.fresh({ limits, signal, log: own, transport });
    const policy = {
      ...{ limits, signal, name, target, canExecute, transport, log: own },
      deadline: 'wait_for_completion_timeout' as const,
      secrets: () => [...secrets(), ...secretsOf(identity)],
      marker: `${marker}: sending the request to ${target}`,
      correctClock: (date: string) => correctClock(service, date),
    };
    const { value, attempts } = await makeCall(policy, async (journey) => {
      const { result, head } = await send(identity, journey);
      return { ...result, statusCode: head.statusCode, requestId: requestIdOf(head) };
    });
    return { ...value, attempts };
  };
}

export function asking(service: Service, call: Call): Ask {
  return (operation, input, { read, headers, check, ...called }) =>
    call(called, async (identity, journey) => {
      const handling = { ...(headers && { headers }), ...(check && { check }) };
      const { output, head } = await exchange<never>(service, operation, input, identity, journey, handling);
      return { result: read(output), head };
    });
}
