import type { ActionContext } from '../../actions/action.ts';
import { printable } from '../../formats/printable.ts';
import { CallError } from '../../outcome/call-failure.ts';
import type { Outcome } from '../../outcome/outcome.ts';
import { reasonOf } from '../../outcome/reason.ts';
import type { Status } from '../../outcome/status.ts';
import { judge } from '../../outcome/verdict.ts';
import type { FunctionDescription } from '../../ports.ts';
import { payloadLimit } from '../../task/sizes.ts';
import type { Task, TaskOf } from '../../task/task.ts';
import { identityOf } from './connection-report.ts';
import type { View } from './stage.ts';
import { wrap } from './text.ts';

export interface Check {
  readonly level: 'good' | 'warning' | 'bad';
  readonly what: string;
  readonly says: string;
  readonly remedy?: string;
}

/** The checks of `doctor`, as an action of a task that is never performed, and their report. */
export function examination(functionName: string, asJson: boolean) {
  const checks: Check[] = [];
  return {
    async action(task: Task, context: ActionContext): Promise<Outcome> {
      if (task.action !== 'Trigger Lambda Function') throw new Error('doctor checks a call');
      const { region, sources } = context.session;
      checks.push(
        { level: 'good', what: 'Region', says: `${region}, from ${sources.region}` },
        { level: 'good', what: 'Endpoint', says: sources.endpoint },
        { level: 'good', what: 'Credentials', says: `from ${sources.credentials}` },
        await identity(task, context),
      );
      const { check, status } = await permission(task, context);
      checks.push(check, ...(await configuration(task, context)), payload(task));
      const bad = checks.filter(({ level }) => level === 'bad').length;
      const detail =
        bad === 0 ? `${functionName} can be invoked` : `${functionName}: ${bad} of ${checks.length} checks are bad`;
      return {
        status: bad === 0 ? 'SUCCESS' : (status ?? 'FAIL'),
        ...{ detail, execution: 'not_started', attempts: 0, requestId: null, answer: null, errors: null, fields: null },
      };
    },

    show(_outcome: Outcome, { out }: View): string {
      if (asJson) return `${JSON.stringify(checks, null, 2)}\n`;
      const width = Math.min(100, out.width) - labelWidth;
      return checks.map((check) => lineOf(check, out, width)).join('');
    },
  };
}

const labelWidth = 25;
const styles = { good: 'green', warning: 'yellow', bad: 'red' } as const;

function lineOf({ level, what, says, remedy }: Check, { paint }: View['out'], width: number): string {
  const text = printable(remedy === undefined ? says : `${says.replace(/\.$/, '')}; ${remedy}`);
  const [first = '', ...rest] = wrap(text, width);
  const label = `${paint(styles[level], level.padEnd(9))} ${what.padEnd(14)} `;
  return [label + first, ...rest.map((line) => ' '.repeat(labelWidth) + line)].map((line) => `${line}\n`).join('');
}

async function identity(task: Task, context: ActionContext): Promise<Check> {
  const says = await identityOf(task, context);
  const level = says.startsWith('unknown') ? 'warning' : 'good';
  return { level, what: 'Identity', says };
}

/** A Dry Run: Lambda checks permission and parameters, and runs nothing. */
async function permission(
  { request, limits }: TaskOf<'Trigger Lambda Function'>,
  { session, signal }: ActionContext,
): Promise<{ check: Check; status: Status | null }> {
  const what = 'Permission';
  try {
    await session.lambda.invoke({ ...request, invocationType: 'DryRun', logTail: false }, { limits, signal });
    return { check: { level: 'good', what, says: 'a Dry Run was accepted' }, status: null };
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    const { failure } = error;
    const known = failure.refusal?.fromAws === true;
    const says = known ? `${failure.name}: ${failure.message}` : reasonOf(failure);
    const remedy = known ? `see ue-aws-lambda explain ${failure.name}` : 'see ue-aws-lambda test';
    return { check: { level: 'bad', what, says, remedy }, status: judge(failure).status };
  }
}

async function configuration(task: TaskOf<'Trigger Lambda Function'>, context: ActionContext): Promise<Check[]> {
  const { request, limits } = task;
  try {
    const { inspector } = context.session;
    const options = { limits, signal: context.signal };
    return checksOf(
      await inspector.describeFunction(request.functionName, request.qualifier, options),
      limits.waitTimeout,
    );
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    const { failure } = error;
    const says = failure.refusal?.fromAws ? `not known (${failure.name})` : `not known: ${reasonOf(failure)}`;
    const remedy =
      'allow lambda:GetFunctionConfiguration to have state, timeout and log checked; a call does not need it';
    return [
      { level: 'warning', what: 'Configuration', says, ...(failure.name.startsWith('AccessDenied') && { remedy }) },
    ];
  }
}

function checksOf(found: FunctionDescription, waitTimeout: number): Check[] {
  return [
    { level: 'good', what: 'Function', says: [found.functionArn, found.runtime].filter((part) => part).join(', ') },
    stateCheck(found),
    ...updateChecks(found),
    timeoutCheck(found, Math.round(waitTimeout / 1000)),
    {
      level: 'good',
      what: 'Durable',
      says: found.isDurable ? 'yes: a durable function' : 'no: a call ends with the function',
    },
    {
      level: 'good',
      what: 'Log',
      says: `${found.logFormat ?? 'Text'} in ${found.logGroup ?? 'the group of the function'}`,
    },
  ];
}

function stateCheck({ state, stateReason }: FunctionDescription): Check {
  const what = 'State';
  if (state === null || state === 'Active') return { level: 'good', what, says: state ?? 'not said' };
  const says = stateReason === null ? state : `${state}: ${stateReason}`;
  if (state === 'Inactive') {
    return { level: 'warning', what, says, remedy: 'the first call wakes it and may be refused for a minute' };
  }
  return { level: 'bad', what, says, remedy: state === 'Pending' ? 'wait until it is Active' : 'deploy it again' };
}

function updateChecks({ lastUpdateStatus, lastUpdateReason }: FunctionDescription): Check[] {
  if (lastUpdateStatus === null || lastUpdateStatus === 'Successful') return [];
  const says = lastUpdateReason === null ? lastUpdateStatus : `${lastUpdateStatus}: ${lastUpdateReason}`;
  return [{ level: 'warning', what: 'Last update', says, remedy: 'calls run the code from before it' }];
}

function timeoutCheck({ timeoutSeconds }: FunctionDescription, ours: number): Check {
  const what = 'Timeout';
  if (timeoutSeconds === null) return { level: 'good', what, says: `ours is ${ours} s` };
  const says = `the function has ${timeoutSeconds} s, we wait ${ours} s`;
  if (timeoutSeconds < ours) return { level: 'good', what, says };
  const remedy = `give --timeout ${Math.min(1800, timeoutSeconds + 5)}, or a slow run ends as unknown (exit 21)`;
  return { level: 'warning', what, says, remedy };
}

/** The task has refused what is too large before. */
function payload({ request }: TaskOf<'Trigger Lambda Function'>): Check {
  const bytes = request.payload?.length ?? 0;
  const event = payloadLimit('Event');
  const count = bytes.toLocaleString('en-US');
  if (bytes <= event) return { level: 'good', what: 'Payload', says: bytes === 0 ? 'none' : `${count} bytes` };
  const remedy = `more than an Event call may have (${event.toLocaleString('en-US')})`;
  return { level: 'warning', what: 'Payload', says: `${count} bytes`, remedy };
}
