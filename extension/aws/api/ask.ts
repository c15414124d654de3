import type { AwsCredentialIdentity } from '@smithy/types';
import { unlessCancelled } from '../../cancellation.ts';
import { type AnswerDeadline, CallError } from '../../outcome/call-failure.ts';
import type { Answered, CallOptions, Log } from '../../ports.ts';
import type { Secret } from '../../secret.ts';
import type { CredentialSource } from '../credentials/credential-source.ts';
import { secretsOf } from '../credentials/identity-secrets.ts';
import { type Call, makeCall } from '../transport/call.ts';
import { requestIdOf } from '../transport/foreign-error.ts';
import type { AnswerHead, RequestProgress } from '../transport/progress.ts';
import { correctClock, exchange, type Handling, type Operation, type Service } from './service.ts';

/** What a call needs besides its request. */
export interface Called extends CallOptions {
  readonly name: string;
  readonly marker?: string;
  readonly canExecute?: boolean;
  /** The field that `limits.waitTimeout` comes from. */
  readonly deadline?: AnswerDeadline;
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
  progress: RequestProgress,
) => Promise<{ readonly result: Result; readonly head: AnswerHead }>;

/** Makes one call of an operation with its input. */
export interface Ask {
  <Output extends object, Result>(
    operation: Operation,
    input: object,
    asked: Asked<Output, Result>,
  ): Promise<Result & Answered>;
  /** Makes one call whose answer is read in a way of its own. */
  by<Result>(called: Called, send: Send<Result>): Promise<Result & Answered>;
}

/** The way that every call to a service takes; `target` says in words where they go. */
export function asking(service: Service, target: string, credentials: CredentialSource, log: Log): Ask {
  async function by<Result>(called: Called, send: Send<Result>): Promise<Result & Answered> {
    const { name, marker = name, deadline = 'wait_for_completion_timeout', canExecute = false, secrets } = called;
    const { limits, signal, quiet = false } = called;
    const { transport } = service;
    const own = quiet ? { ...log, info: (line: string) => log.debug(line) } : log;
    // Before the call and not within it: the calls for credentials have deadlines and failures of their own.
    const identity = await unlessCancelled(credentials.fresh({ limits, signal, log: own, transport }), signal);
    const call: Call = {
      name,
      target,
      canExecute,
      deadline,
      limits,
      signal,
      transport,
      log: own,
      secrets: () => [...(secrets?.() ?? []), ...secretsOf(identity)],
      marker: `${marker}: sending the request to ${target}`,
      correctClock: (date: string) => correctClock(service, date),
    };
    const made = makeCall(call, (progress) => send(identity, progress));
    const { value, attempts } = await made.catch((error) => {
      if (error instanceof CallError && expired.has(error.failure.name)) credentials.forget?.();
      throw error;
    });
    const { result, head } = value;
    return { ...result, statusCode: head.statusCode, requestId: requestIdOf(head), attempts };
  }

  function ask<Output extends object, Result>(
    operation: Operation,
    input: object,
    asked: Asked<Output, Result>,
  ): Promise<Result & Answered> {
    return by(asked, async (identity, progress) => {
      const { output, head } = await exchange<Output>(service, operation, input, identity, progress, asked);
      return { result: asked.read(output), head };
    });
  }

  return Object.assign(ask, { by });
}

/** After these a later call, such as the next read of a wait of hours, needs new keys. */
const expired = new Set(['ExpiredToken', 'ExpiredTokenException', 'InvalidToken', 'UnrecognizedClientException']);
