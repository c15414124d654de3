import { setTimeout as sleep } from 'node:timers/promises';
import { CallError } from '../../errors.ts';
import { reasonOf, untrusted } from '../../outcome/reason.ts';
import { type CallFailure, judge } from '../../outcome/verdict.ts';
import type { Log } from '../../ports.ts';
import { mask, type Secret } from '../../secret.ts';
import { answerOf, codeOf, refusalOf, requestIdOf } from './foreign-error.ts';
import { Journey } from './journey.ts';
import type { RequestHandler } from './request-handler.ts';

/** One connection policy for every call of a session. Times in milliseconds. */
export interface Policy {
  readonly handler: RequestHandler;
  readonly connectTimeout: number;
  readonly waitTimeout: number;
  /** The field that `waitTimeout` comes from. */
  readonly deadline: CallFailure['deadline'];
  readonly maxAttempts: number;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** What a call is, besides the request itself. */
export interface Call {
  readonly name: string;
  /** Who is called, in words, for as long as no request has a host. */
  readonly target: string;
  /** Whether the call can run a function. */
  readonly canExecute: boolean;
  /** Whatever must not show in an error's text. */
  readonly secrets: () => readonly Secret[];
  /** Said before the first byte leaves. */
  readonly marker: string;
}

export interface Called<T> {
  readonly value: T;
  readonly attempts: number;
  readonly journey: Journey;
}

/** Sends the request on the given journey. */
type Send<T> = (journey: Journey) => Promise<T>;

/** Makes a call, again only where the verdict allows it. Throws CallError. */
export async function makeCall<T>(call: Call, policy: Policy, send: Send<T>): Promise<Called<T>> {
  let corrected = false;
  for (let attempts = 1; ; attempts += 1) {
    const attempt = new Attempt(policy, call.marker);
    const { trustsAll } = policy.handler;
    try {
      return { value: await attempt.run(send), attempts, journey: attempt.journey };
    } catch (error) {
      const failure = failureOf(error, call, policy, attempt, attempts);
      if (!trustsAll && isDistrust(failure)) {
        await policy.handler.trustAll(policy.log);
        attempts -= 1; // nothing was sent: the same attempt goes on with more roots
        continue;
      }
      const { retry } = judge(failure);
      const wait = retryDelay(failure, attempts);
      const allowed = retry === 'fresh connection' || (retry === 'corrected clock' && !corrected);
      if (!allowed || attempts >= policy.maxAttempts || wait > policy.waitTimeout) throw new CallError(failure, error);
      corrected ||= retry === 'corrected clock';
      policy.log.warn(
        `${call.name}: attempt ${attempts} of ${policy.maxAttempts} failed, nothing ran: ${reasonOf(failure)}`,
      );
      await pause(wait, policy, failure);
      await policy.handler.closeIdle();
    }
  }
}

/** One attempt with its two deadlines: until the connection is ready, and from there to the last byte. */
class Attempt {
  readonly journey: Journey;
  end: CallFailure['end'] = 'failed';
  readonly #policy: Policy;
  #timer: NodeJS.Timeout | undefined;
  #stop: (end: CallFailure['end']) => void = () => {};

  constructor(policy: Policy, marker: string) {
    this.#policy = policy;
    this.journey = new Journey(() => {
      policy.log.info(marker);
      this.#arm(policy.waitTimeout);
    });
  }

  async run<T>(send: Send<T>): Promise<T> {
    const { signal, connectTimeout } = this.#policy;
    const cancel = () => this.#stop('cancelled');
    try {
      // A race, so that no fault of a library below can hold the task beyond its deadline.
      return await new Promise<T>((resolve, reject) => {
        this.#stop = (end) => {
          this.end = end;
          this.journey.giveUp();
          reject(new Error(end));
        };
        if (signal.aborted) return cancel();
        signal.addEventListener('abort', cancel);
        this.#arm(connectTimeout);
        send(this.journey).then(resolve, reject);
      });
    } finally {
      clearTimeout(this.#timer);
      signal.removeEventListener('abort', cancel);
    }
  }

  #arm(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#stop('timed out'), milliseconds);
  }
}

function failureOf(
  error: unknown,
  call: Call,
  { deadline, handler }: Policy,
  { journey, end }: Attempt,
  attempts: number,
): CallFailure {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const answer = journey.answer ?? answerOf(error);
  // All three are texts of the server's choice.
  const hide = (text: string) => mask(text, [...call.secrets(), ...handler.secrets()]);
  const requestId = requestIdOf(error, answer);
  return {
    call: call.name,
    canExecute: call.canExecute,
    phase: journey.phase,
    end,
    deadline,
    host: journey.host ?? call.target,
    proxyUrl: journey.proxyUrl,
    code: codeOf(error),
    name: hide(name),
    message: hide(message),
    requestId: requestId === null ? null : hide(requestId),
    refusal: end === 'failed' ? refusalOf(error, answer) : null,
    attempts,
  };
}

/** Whether other roots could mend it: the full set costs too much to load every time. */
function isDistrust({ code, refusal }: CallFailure): boolean {
  return refusal === null && code !== null && untrusted.has(code);
}

/** Exponential backoff with jitter, from 100 ms to 5 s, or what the server asked for. In milliseconds. */
function retryDelay({ refusal }: CallFailure, attempt: number): number {
  const backoff = Math.min(5000, 100 * 2 ** attempt) * (0.5 + Math.random() / 2);
  return Math.max(backoff, (refusal?.retryAfterSeconds ?? 0) * 1000);
}

async function pause(milliseconds: number, { signal }: Policy, failure: CallFailure): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal });
  } catch (error) {
    throw new CallError({ ...failure, end: 'cancelled', phase: 'idle', refusal: null }, error);
  }
}
