import { printable } from '../../formats/printable.ts';
import { type AnswerDeadline, CallError, type CallFailure } from '../../outcome/call-failure.ts';
import { reasonOf, untrusted } from '../../outcome/reason.ts';
import { judge } from '../../outcome/verdict.ts';
import type { CallOptions, Log } from '../../ports.ts';
import { mask, type Secret } from '../../secret.ts';
import { codeOf, refusalOf, requestIdOf } from './foreign-error.ts';
import { RequestProgress } from './progress.ts';
import type { Transport } from './transport.ts';

/** A call besides its request: what it is called, what it may do and what must not show of it. */
export interface Call extends CallOptions {
  readonly name: string;
  /** Who is called, in words, for as long as no request has a host. */
  readonly target: string;
  /** Whether the call can run a function. */
  readonly canExecute: boolean;
  /** The field that `limits.waitTimeout` comes from. */
  readonly deadline: AnswerDeadline;
  /** The texts that an error of this call may quote and must not show. */
  readonly secrets: () => readonly Secret[];
  /** Logged before the first byte leaves. */
  readonly marker: string;
  readonly transport: Transport;
  readonly log: Log;
  /** Called with the date of an answer that says that this host's clock is wrong, before the call is made again. */
  readonly correctClock?: (serverDate: string) => void;
}

export interface Called<T> {
  readonly value: T;
  readonly attempts: number;
}

/** Sends the request, and records in `progress` how far it came. */
type Send<T> = (progress: RequestProgress) => Promise<T>;

/** Makes a call, again only where the verdict allows it. Throws CallError. */
export async function makeCall<T>(call: Call, send: Send<T>): Promise<Called<T>> {
  const { transport, limits, log } = call;
  let corrected = false;
  for (let attempts = 1; ; attempts += 1) {
    const attempt = new Attempt(call);
    const { trustsAll } = transport;
    try {
      return { value: await attempt.run(send), attempts };
    } catch (error) {
      const failure = failureOf(error, call, attempt, attempts);
      if (!trustsAll && isDistrust(failure)) {
        await transport.trustAll(log);
        attempts -= 1; // nothing was sent: the same attempt goes on with more roots
        continue;
      }
      const { retry } = judge(failure);
      const wait = retryDelay(failure, attempts);
      const allowed = retry === 'fresh connection' || (retry === 'corrected clock' && !corrected);
      if (!allowed || attempts >= limits.maxAttempts || wait > limits.waitTimeout) throw new CallError(failure, error);
      if (retry === 'corrected clock') {
        corrected = true;
        call.correctClock?.(attempt.progress.answer?.headers.date ?? '');
      }
      log.warn(`${call.name}: attempt ${attempts} of ${limits.maxAttempts} failed, nothing ran: ${reasonOf(failure)}`);
      await pause(wait, call, failure);
      await transport.closeIdle();
    }
  }
}

/** One attempt with its two deadlines: until the connection is ready, and from there to the last byte, or the next one. */
class Attempt {
  readonly progress: RequestProgress;
  end: CallFailure['end'] = 'failed';
  readonly #call: Call;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;
  #stop: (end: CallFailure['end']) => void = () => {};

  constructor(call: Call) {
    this.#call = call;
    const { log, marker, limits } = call;
    this.progress = new RequestProgress(
      () => {
        log.info(marker);
        this.#arm(limits.waitTimeout);
      },
      (begins) => (begins ? this.#arm(limits.waitTimeout) : clearTimeout(this.#timer)),
    );
  }

  async run<T>(send: Send<T>): Promise<T> {
    const { signal, limits } = this.#call;
    const cancel = () => this.#stop('cancelled');
    try {
      // A race, so that no fault of a library below can hold the task beyond its deadline.
      return await new Promise<T>((resolve, reject) => {
        this.#stop = (end) => {
          this.end = end;
          this.progress.giveUp();
          reject(new Error(end));
        };
        if (signal.aborted) return cancel();
        signal.addEventListener('abort', cancel);
        this.#arm(limits.connectTimeout);
        send(this.progress).then(resolve, reject);
      });
    } finally {
      this.#isOver = true;
      clearTimeout(this.#timer);
      signal.removeEventListener('abort', cancel);
    }
  }

  #arm(milliseconds: number): void {
    clearTimeout(this.#timer);
    if (this.#isOver) return; // what was given up may still come to its next step
    this.#timer = setTimeout(() => this.#stop('timed out'), milliseconds);
  }
}

function failureOf(error: unknown, call: Call, { progress, end }: Attempt, attempts: number): CallFailure {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const { answer } = progress;
  const secrets = [...call.secrets(), ...call.transport.secrets()];
  // A server chooses these texts.
  const safe = (text: unknown, longest: number) => printable(clip(mask(String(text), secrets), longest));
  const requestId = answer === null ? null : requestIdOf(answer);
  return {
    call: call.name,
    canExecute: call.canExecute,
    phase: progress.phase,
    end,
    deadline: call.deadline,
    host: progress.host ?? call.target,
    proxyUrl: progress.proxyUrl,
    code: codeOf(error),
    name: safe(name, 200),
    message: safe(message, 4000),
    requestId: requestId === null ? null : safe(requestId, 200),
    refusal: end === 'failed' ? refusalOf(error, answer) : null,
    attempts,
  };
}

function clip(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

/** Whether other roots could help: loading the full set every time costs too much. */
function isDistrust({ code, refusal }: CallFailure): boolean {
  return refusal === null && code !== null && untrusted.has(code);
}

/** Exponential backoff with jitter, from 100 ms to 5 s, or what the server asked for. In milliseconds. */
function retryDelay({ refusal }: CallFailure, attempt: number): number {
  const backoff = Math.min(5000, 100 * 2 ** attempt) * (0.5 + Math.random() / 2);
  return Math.max(backoff, (refusal?.retryAfterSeconds ?? 0) * 1000);
}

async function pause(milliseconds: number, { signal }: Call, failure: CallFailure): Promise<void> {
  const { setTimeout: sleep } = await import('node:timers/promises'); // not for the calls that succeed at once
  try {
    await sleep(milliseconds, undefined, { signal });
  } catch (error) {
    throw new CallError({ ...failure, end: 'cancelled', phase: 'idle', refusal: null }, error);
  }
}
