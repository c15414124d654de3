import { CancelledError, ValidationError } from '../errors.ts';
import type { Answer } from './answer.ts';
import { CallError, type CallFailure } from './call-failure.ts';
import type { Execution, Outcome } from './outcome.ts';
import { judge } from './verdict.ts';

/** How much each state says; a task's knowledge only rises. A request whose fate is open may yet prove accepted. */
const ranks = { not_started: 0, unknown: 1, accepted: 2, completed: 3 } satisfies Record<Execution, number>;

/** What a call that can run the function proves when AWS Lambda answers it with success. */
export interface Proof {
  readonly requestId: string | null;
  readonly attempts: number;
}

/**
 * What a task has established of its function, over all of its calls. A later failure, an exception of our own
 * included, claims no less and keeps the answer, the request id and the attempts that are here.
 */
export class TaskRecord {
  /** The fields with what the task decided for those left unset; null until they are valid. */
  fields: Readonly<Record<string, unknown>> | null = null;
  answer: Answer | null = null;
  requestId: string | null = null;
  traceId: string | null = null;
  /** Attempts of the call that can run the function; null before it ended. */
  attempts: number | null = null;
  #execution: Execution = 'not_started';
  #sent = false;

  get execution(): Execution {
    return this.#sent ? higher(this.#execution, 'unknown') : this.#execution;
  }

  raise(execution: Execution): void {
    this.#execution = higher(this.#execution, execution);
  }

  /** Makes a call that can run the function; `proves` is what its success says. */
  async running<T extends Proof>(proves: Execution, call: () => Promise<T>): Promise<T> {
    this.#sent = true;
    try {
      const answer = await call();
      this.#ended(proves, answer);
      return answer;
    } catch (error) {
      if (error instanceof CallError) this.#ended(judge(error.failure).execution, error.failure);
      // These come before anything is sent; of any other fault, ours, nobody can say where the call was.
      else if (!(error instanceof ValidationError || error instanceof CancelledError)) this.raise('unknown');
      throw error;
    } finally {
      this.#sent = false;
    }
  }

  /** The outcome of the task, claiming no less than was established. */
  complete(outcome: Outcome): Outcome {
    const { status, detail, errors, execution, answer, requestId, attempts } = outcome;
    const established: Outcome = {
      status,
      detail,
      execution: higher(this.execution, execution),
      attempts: this.attempts ?? attempts,
      requestId: this.requestId ?? requestId,
      answer: answer ?? this.answer,
      errors,
      fields: this.fields ?? outcome.fields,
    };
    const traceId = this.traceId ?? outcome.traceId;
    return traceId === undefined ? established : { ...established, traceId };
  }

  #ended(execution: Execution, { requestId, attempts }: Proof | CallFailure): void {
    this.raise(execution);
    this.requestId = requestId ?? this.requestId;
    this.attempts = attempts;
  }
}

function higher(a: Execution, b: Execution): Execution {
  return ranks[b] > ranks[a] ? b : a;
}
