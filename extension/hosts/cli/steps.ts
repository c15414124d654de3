import { History } from '../../actions/durable-execution/history.ts';
import type { HistoryEvent } from '../../ports.ts';

/** One event of a durable execution as a person reads it. Times are in milliseconds since 1970. */
export interface Step {
  readonly event: HistoryEvent;
  /** What it is of: execution, step, wait, callback, function, context or invocation. */
  readonly kind: string;
  readonly name: string | null;
  /** What happened to it: started, succeeded, failed, timed out … */
  readonly state: string;
  /** Of a step: counts from 1. */
  readonly attempt: number | null;
  /** Since it started, for what has ended; null when that is not known. */
  readonly took: number | null;
}

/** A history that hands out each event once, in its order, as soon as it is read. */
export class Steps extends History {
  readonly #onStep: (step: Step) => void;
  readonly #startedAt = new Map<string, number>();
  readonly #attempts = new Map<string, number>();

  constructor(onStep: (step: Step) => void) {
    super();
    this.#onStep = onStep;
  }

  override take(events: readonly HistoryEvent[]): string[] {
    const { last } = this;
    const news = events.filter(({ id }) => id > last).sort((a, b) => a.id - b.id);
    const once = news.filter(({ id }, index) => id !== news[index - 1]?.id);
    const sentences = super.take(once);
    for (const event of once) this.#onStep(this.#stepOf(event));
    return sentences;
  }

  #stepOf(event: HistoryEvent): Step {
    const { type, name, functionName, operation, at } = event;
    const [kind, state] = wordsOf(type);
    const key = operation ?? name ?? kind;
    const before = this.#startedAt.get(key) ?? null;
    if (state === 'started') {
      if (at !== null) this.#startedAt.set(key, at);
      this.#attempts.set(key, (this.#attempts.get(key) ?? 0) + 1);
    }
    const attempt = kind === 'step' ? (event.attempt ?? this.#attempts.get(key) ?? null) : null;
    const took = state === 'started' || before === null || at === null ? null : at - before;
    return { event, kind, state, name: name ?? functionName, attempt, took };
  }
}

const kinds = ['Execution', 'Invocation', 'Context', 'Wait', 'Step', 'ChainedInvoke', 'Callback'];

/** `ChainedInvokeTimedOut` as `function` and `timed out`; what is not known stays as it is. */
function wordsOf(type: string): [string, string] {
  const noun = kinds.find((kind) => type.startsWith(kind) && type.length > kind.length);
  if (noun === undefined) return ['event', type];
  const verb = type.slice(noun.length).replace(/(?<=[a-z])(?=[A-Z])/g, ' ');
  return [noun === 'ChainedInvoke' ? 'function' : noun.toLowerCase(), verb.toLowerCase()];
}
