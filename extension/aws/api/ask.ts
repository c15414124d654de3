import { unlessCancelled } from '../../cancellation.ts';
import { type AnswerDeadline, CallError } from '../../outcome/call-failure.ts';
import type { Answered, CallOptions, Log } from '../../ports.ts';
import type { Secret } from '../../secret.ts';
import type { CredentialSource } from '../credentials/credential-source.ts';
import { secretsOf } from '../credentials/identity-secrets.ts';
import { makeCall } from '../transport/call.ts';
import { requestIdOf } from '../transport/foreign-error.ts';
import type { AnswerHead } from '../transport/journey.ts';
import { correctClock, exchange, type Operation, type Service } from './service.ts';

/** What a call needs besides its request. */
export interface Asked<Output, Result> extends CallOptions {
  readonly name: string;
  readonly marker?: string;
  readonly canExecute?: boolean;
  /** The field that `limits.waitTimeout` comes from. */
  readonly deadline?: AnswerDeadline;
  /** Whether each request is worth a line in the log at its default level. */
  readonly quiet?: boolean;
  /** The most bytes of an answer that are read. */
  readonly answerLimit?: number;
  readonly secrets?: () => readonly Secret[];
  /** Throws AnswerError when the head of an answer of success is not what AWS Lambda sends. */
  readonly check?: (head: AnswerHead) => void;
  /** Makes the result of the SDK's output, which is null when the answer is too large; throws AnswerError. */
  readonly read: (output: Output | null) => Result;
}

/** Makes one call of an operation with its input. */
export type Ask = <Output extends object, Result>(
  operation: Operation,
  input: object,
  asked: Asked<Output, Result>,
) => Promise<Result & Answered>;

/** The way that every call to a service takes; `target` says in words where they go. */
export function asking(service: Service, target: string, credentials: CredentialSource, log: Log): Ask {
  return async function ask<Output extends object, Result>(
    operation: Operation,
    input: object,
    asked: Asked<Output, Result>,
  ): Promise<Result & Answered> {
    const { name, marker = name, canExecute = false, secrets = () => [], check, read, ...options } = asked;
    const { transport } = service;
    const own = asked.quiet ? { ...log, info: (line: string) => log.debug(line) } : log;
    // Before the call and not within it: the calls for credentials have deadlines and failures of their own.
    const identity = await unlessCancelled(credentials.fresh({ ...options, log: own, transport }), asked.signal);
    const call = {
      ...{ deadline: 'wait_for_completion_timeout' as const, ...options, name, target, canExecute, transport },
      log: own,
      secrets: () => [...secrets(), ...secretsOf(identity)],
      marker: `${marker}: sending the request to ${target}`,
      correctClock: (date: string) => correctClock(service, date),
    };
    const made = makeCall(call, async (journey) => {
      const { answerLimit } = asked;
      const { output, head } = await exchange<Output>(service, operation, input, identity, journey, check, answerLimit);
      return { ...read(output), statusCode: head.statusCode, requestId: requestIdOf(head) };
    });
    const { value, attempts } = await made.catch((error) => {
      if (error instanceof CallError && expired.has(error.failure.name)) credentials.forget?.();
      throw error;
    });
    return { ...value, attempts };
  };
}

/** Whoever calls again then, as one does who waits for hours, must not call with the same keys. */
const expired = new Set(['ExpiredToken', 'ExpiredTokenException', 'InvalidToken', 'UnrecognizedClientException']);
