import type { DurableWait } from '../../outcome/answer.ts';
import type { HistoryEvent } from '../../ports.ts';

/** What the events of a durable execution show, each taken once. */
export class History {
  readonly invocations: string[] = [];
  /** When the execution was stopped, by its own record; null before. Milliseconds since 1970. */
  stoppedAt: number | null = null;
  /** The status in which the execution has ended, by its events; null before. */
  ended: string | null = null;
  #last = 0;
  readonly #waits = new Map<string, DurableWait>();
  readonly #steps = new Map<string, string>();
  /** Whether nothing that makes AWS invoke the function has happened since its last invocation ended. */
  #suspended = false;

  /** The number of the last event that was taken. */
  get last(): number {
    return this.#last;
  }

  get waitingFor(): DurableWait[] {
    return [...this.#waits.values()];
  }

  /** The step that was started last and has not ended. */
  get step(): string | null {
    return [...this.#steps.values()].at(-1) ?? null;
  }

  /** Takes the events that are new, in their order, and says what they are. */
  take(events: readonly HistoryEvent[]): string[] {
    const added = events.filter(({ id }) => id > this.#last).sort((a, b) => a.id - b.id);
    return added.map((event) => {
      this.#last = event.id;
      this.#apply(event);
      return sentenceOf(event);
    });
  }

  /** Whether an invocation may be under way at that time: false only when the events prove that none is. */
  mayRunAt(time: number): boolean {
    const due = this.waitingFor.some(({ until, kind }) => until !== null && kind !== 'function' && until <= time);
    return !this.#suspended || due;
  }

  #apply(event: HistoryEvent): void {
    const { type, requestId } = event;
    if (type === 'InvocationCompleted') {
      if (requestId !== null) this.invocations.push(requestId);
      this.#suspended = true;
      return;
    }
    this.ended = ends[type] ?? this.ended;
    if (type === 'ExecutionStopped') this.stoppedAt = event.at;
    if (!restful.has(type)) this.#suspended = false;
    this.#track(event);
  }

  #track({ type, operation, name, callbackId, until, functionName, retryDelay, at }: HistoryEvent): void {
    const key = operation ?? name ?? '';
    const wait = (kind: DurableWait['kind'], what: Partial<DurableWait> = {}) =>
      this.#waits.set(key, { kind, name, callbackId: null, until, ...what });
    switch (type) {
      case 'StepStarted':
        this.#waits.delete(key);
        this.#steps.set(key, name ?? key);
        return;
      case 'CallbackStarted':
        wait('callback', { callbackId });
        return;
      case 'WaitStarted':
        wait('timer');
        return;
      case 'ChainedInvokeStarted':
        wait('function', { name: functionName ?? name });
        return;
    }
    if (!/(Succeeded|Failed|TimedOut|Stopped|Cancelled)$/.test(type)) return;
    this.#waits.delete(key);
    this.#steps.delete(key);
    if (type === 'StepFailed' && retryDelay !== null) {
      wait('retry', { until: at === null ? null : at + retryDelay * 1000 });
    }
  }
}

const ends: Readonly<Record<string, string>> = {
  ExecutionSucceeded: 'SUCCEEDED',
  ExecutionFailed: 'FAILED',
  ExecutionTimedOut: 'TIMED_OUT',
  ExecutionStopped: 'STOPPED',
};

/** Events after which AWS does not invoke the function. */
const restful = new Set([...Object.keys(ends), 'ExecutionPaused']);

function sentenceOf({ type, name, callbackId, until, functionName, retryDelay, attempt, requestId }: HistoryEvent) {
  const what = name === null ? '' : ` ${name}`;
  const time = until === null ? '' : ` until ${new Date(until).toISOString()}`;
  switch (type) {
    case 'InvocationCompleted':
      return `invocation ${requestId ?? ''} ended`;
    case 'WaitStarted':
      return `wait${what} started${time}`;
    case 'CallbackStarted':
      return `waits for callback${what} (${callbackId})${time}`;
    case 'ChainedInvokeStarted':
      return `invoked function ${functionName ?? what.trim()}`;
    case 'StepFailed':
      return retryDelay === null
        ? `step${what} failed`
        : `step${what} failed (attempt ${attempt ?? '?'}), next attempt in ${retryDelay} s`;
    default:
      return inWords(type, what);
  }
}

/** `ChainedInvokeTimedOut` as `chained invoke NAME timed out`. */
function inWords(type: string, what: string): string {
  const words = (text: string) => text.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
  const [, noun, verb] = /^(Execution|Context|Wait|Step|ChainedInvoke|Callback)([A-Z]\w*)$/.exec(type) ?? [];
  if (noun === undefined || verb === undefined) return `${type}${what}`;
  return noun === 'Execution' ? words(verb) : `${words(noun)}${what} ${words(verb)}`;
}
