import type { Answer } from '../../outcome/answer.ts';
import type { Outcome } from '../../outcome/outcome.ts';
import { statuses } from '../../outcome/status.ts';
import { toOutputParts } from '../../output.ts';

export interface Document {
  readonly parts: readonly string[];
  /** What the document says. */
  readonly outcome: Outcome;
}

/**
 * Makes the extension output. There is always one: when it cannot be made (the engine's strings end at 512 MB), it is
 * made without payload and log, and then without the fields and the answer, and says so.
 */
export function documentOf(raw: unknown, outcome: Outcome): Document {
  try {
    return { parts: toOutputParts(raw, outcome), outcome };
  } catch (error) {
    return smaller(raw, outcome, error as Error);
  }
}

function smaller(raw: unknown, outcome: Outcome, { message }: Error): Document {
  const detail = `the output could not be made (${message}); its payload and log are left out`;
  const without = failed(
    { ...outcome, answer: withoutTexts(outcome.answer) },
    { name: 'OutputError', message: detail },
  );
  try {
    return { parts: toOutputParts(raw, without), outcome: without };
  } catch {
    const bare = failed({ ...outcome, answer: null, errors: [] }, { name: 'OutputError', message: bareDetail });
    const least = { ...bare, detail: bareDetail, requestId: null };
    return { parts: toOutputParts(null, least), outcome: least };
  }
}

const bareDetail = 'the output could not be made; fields, answer and errors are left out';

function withoutTexts(answer: Answer | null): Answer | null {
  return answer?.kind === 'invoke' ? { ...answer, payload: null, log: null } : null;
}

/** Adds a fault of the delivery: no success any more, but a failure keeps its own exit code and sentence. */
export function failed(outcome: Outcome, fault: { readonly name: string; readonly message: string }): Outcome {
  const errors = [...(outcome.errors ?? []), fault];
  return statuses[outcome.status].exitCode === 0
    ? { ...outcome, status: 'FAIL', detail: fault.message, errors }
    : { ...outcome, errors };
}
