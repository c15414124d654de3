import { printable } from '../../formats/printable.ts';
import type { DurableResult } from '../../outcome/answer.ts';
import type { Execution, Outcome } from '../../outcome/outcome.ts';
import { statuses } from '../../outcome/status.ts';
import { topics } from './explanations.ts';
import type { Terminal } from './terminal.ts';
import type { Wording } from './wording.ts';

interface Shown {
  readonly terminal: Terminal;
  readonly wording: Wording;
  /** What is true of the function now; undefined for a command that can run none. */
  readonly verdict: ((outcome: Outcome) => string) | undefined;
}

/** What a person wants to know besides the answer: what went wrong, whether the function ran, and what then. */
export function verdictLines(outcome: Outcome, { terminal, wording, verdict }: Shown): string {
  const { status, detail, errors, requestId } = outcome;
  const failed = statuses[status].exitCode !== 0;
  const { paint } = terminal;
  const said = statuses[status].sentence(detail).replace('See STDOUT for more details.', '').trimEnd();
  const sentence = printable(wording.in(said));
  const causes = (errors ?? [])
    .map(({ name, field, message }) => ({
      label: field === undefined ? name : wording.of(field),
      message: printable(wording.in(message)),
    }))
    .filter(({ message }) => !sentence.includes(message))
    .map(({ label, message }) => `  ${label}: ${message}\n`);
  const request = requestId === null ? '' : paint('dim', `Request ${printable(requestId)}\n`);
  const more =
    failed && terminal.isTerminal && status !== 'CANCELLED'
      ? paint('dim', `More: ue-aws-lambda explain ${topic(outcome)}\n`)
      : '';
  const judged = verdict !== undefined ? `${verdict(outcome)}\n` : failed ? 'Nothing was changed.\n' : '';
  return `${paint(failed ? 'red' : 'green', sentence)}\n${causes.join('')}${paint('bold', judged)}${verdict !== undefined || failed ? request : ''}${more}`;
}

/** Whether the function ran, and whether it is safe to call it again. */
export function verdictOf({ execution, answer, status, fields }: Outcome): string {
  if (answer?.kind === 'invoke' && answer.durable !== undefined) return durableVerdict(answer.durable);
  if (answer?.kind === 'invoke' && answer.durableExecutionArn !== null && execution === 'accepted') {
    const named = typeof fields?.durable_execution_name === 'string';
    const again = named ? 'calling again under its name starts no other' : 'do not call again, it would start another';
    return `The durable execution runs; ${again}. To follow it: ue-aws-lambda watch '${answer.durableExecutionArn}'`;
  }
  if (execution === 'completed') {
    const error = answer?.kind === 'invoke' ? answer.functionError : null;
    return error === null
      ? 'The function ran to its end; calling again runs it again.'
      : 'The function ran and failed; call again only if running it twice does no harm.';
  }
  if (execution === 'not_started' && status === 'SUCCESS') return 'The function did not run.';
  return executions[execution];
}

/** A name brings the same execution each time, so nothing of it runs twice. */
function durableVerdict({ name, endedAt }: DurableResult): string {
  return endedAt === null
    ? `Call again with --durable-execution-name ${name} to go on waiting; nothing runs twice.`
    : `The durable execution has ended; another run needs another --durable-execution-name than ${name}.`;
}

const executions = {
  not_started: 'The function did not run; it is safe to call again.',
  accepted: 'The call is queued and the function will run; do not call again, it would run twice.',
  unknown: 'The function may have run or may still run; look into its log before you call again.',
  completed: 'The function ran to its end; calling again runs it again.',
} as const satisfies Record<Execution, string>;

/** What `explain` knows of the failure: the AWS error, else the exit code. */
function topic({ status, errors }: Outcome): string {
  const [first] = errors ?? [];
  return first !== undefined && topics.includes(first.name) ? first.name : String(statuses[status].exitCode);
}
