import type { ActionContext } from '../../actions/action.ts';
import { outcomeOfEnd } from '../../actions/durable-execution/end.ts';
import { FaultTolerance } from '../../actions/durable-execution/fault-tolerance.ts';
import { executionsOf } from '../../actions/durable-execution/find.ts';
import { follow } from '../../actions/durable-execution/follow.ts';
import { type Bounds, Interrupted, Pace } from '../../actions/durable-execution/interrupted.ts';
import { readLastEvents } from '../../actions/durable-execution/perform.ts';
import { persist } from '../../actions/durable-execution/persist.ts';
import { readFaultOf } from '../../actions/durable-execution/read-fault.ts';
import { readOptions } from '../../actions/durable-execution/reads.ts';
import { Watch } from '../../actions/durable-execution/watch.ts';
import type { Outcome } from '../../outcome/outcome.ts';
import type { DurableExecution, DurableSummary } from '../../ports.ts';
import type { Task } from '../../task/task.ts';
import { type Step, Steps } from './steps.ts';
import { durationText } from './text.ts';

/** Which execution is watched, and for how long. */
export interface Watched {
  /** The ARN of the execution, or its name. */
  readonly wanted: { readonly arn: string } | { readonly name: string };
  /** Seconds; Infinity for as long as it takes. */
  readonly timeout: number;
}

/** Shows the execution as it proceeds. */
export interface Audience {
  begins(execution: DurableSummary): void;
  step(step: Step): void;
}

/** A person who watches wants to see events sooner than a task does. Milliseconds. */
const longestPace = 5_000;

/** Before the execution is found: throttling and faults of AWS pass, all else is an answer. */
const whileFinding = { passing: 120_000, missing: 0, denied: 0 };

/** Follows an execution that is there to its end; starts, stops and changes nothing. */
export async function watchExecution(
  { wanted, timeout }: Watched,
  { begins, step }: Audience,
  task: Task,
  context: ActionContext,
): Promise<Outcome> {
  if (task.action !== 'Trigger Lambda Function') throw new Error('a function has durable executions');
  const { clock, signal, session, log } = context;
  const began = clock.now();
  const bounds: Bounds = { clock, signal, deadline: began + timeout * 1000 };
  const reads = readOptions(task.limits);
  const { functionName, qualifier } = task.request;
  let found: DurableSummary;
  try {
    if ('arn' in wanted) {
      const read = () => session.durable.get(wanted.arn, reads.status(signal));
      found = await persist(read, new FaultTolerance(whileFinding, context), bounds);
    } else {
      const query = { functionName, name: wanted.name, ...(qualifier && { qualifier }) };
      const read = () => executionsOf(query, session, reads.brief(signal));
      const matches = await persist(read, new FaultTolerance(whileFinding, context), bounds);
      const [first, second] = matches.map(({ execution }) => execution);
      if (first === undefined) return nothing(`${functionName} has no durable execution named ${wanted.name}; ${gone}`);
      if (second !== undefined) return several(wanted.name, matches);
      found = first;
    }
  } catch (error) {
    if (error instanceof Interrupted) return stopped(error.why, null, timeout);
    if ('arn' in wanted && readFaultOf(error) === 'missing')
      return nothing(`no durable execution has this ARN; ${gone}`);
    throw error;
  }
  begins(found);
  const { arn, name } = found;
  const watch = new Watch({ arn, name, resumed: true, statusCode: 200 }, began, context, new Steps(step));
  watch.saw(found);
  try {
    const execution = await follow(watch, context, bounds, reads, new Pace(longestPace));
    await readLastEvents(watch, context, reads);
    return ended(outcomeOfEnd({ watch, execution, failOnFunctionError: true, before: false }, log), execution);
  } catch (error) {
    if (error instanceof Interrupted) return stopped(error.why, watch, timeout);
    if (readFaultOf(error) !== 'missing') throw error;
    return { ...nothing(`the durable execution ${name} is no longer there; ${gone}`), execution: 'accepted' };
  }
}

const gone = 'it was deleted or its retention is over, or it is in another region or account (see ue-aws-lambda test)';

function ended(outcome: Outcome, { name, status, startedAt, endedAt }: DurableExecution): Outcome {
  if (status !== 'SUCCEEDED') return outcome;
  const time = startedAt === null || endedAt === null ? '' : ` after ${durationText(endedAt - startedAt)}`;
  return { ...outcome, detail: `The durable execution ${name} succeeded${time}` };
}

const unseen = {
  ...{ execution: 'not_started', attempts: 0, requestId: null, fields: null, answer: null },
} as const satisfies Partial<Outcome>;

function nothing(message: string): Outcome {
  return { ...unseen, status: 'FAIL', detail: message, errors: [{ name: 'DurableExecutionNotFound', message }] };
}

function several(name: string, matches: readonly { readonly execution: DurableSummary }[]): Outcome {
  const message = `${matches.length} durable executions have the name ${name}; give the ARN of one`;
  const errors = matches.map(({ execution: { arn, status, startedAt } }) => ({
    name: status,
    message: `${arn}${startedAt === null ? '' : `, started ${new Date(startedAt).toISOString()}`}`,
  }));
  return { ...unseen, status: 'DATA_VALIDATION_ERROR', detail: message, errors: [{ name, message }, ...errors] };
}

/** The watching has ended, and not the execution. */
function stopped(why: Interrupted['why'], watch: Watch | null, timeout: number): Outcome {
  const cancelled = why === 'cancelled';
  const message = cancelled ? 'Stopped watching' : `The durable execution did not end within ${timeout} s`;
  return {
    ...unseen,
    ...(watch !== null && { answer: watch.answer(), execution: 'accepted' as const }),
    status: cancelled ? 'CANCELLED' : 'DURABLE_TIMEOUT',
    detail: message,
    errors: [{ name: cancelled ? 'Cancelled' : 'DurableTimeout', message }],
  };
}
