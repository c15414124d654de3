import { afterEach, describe, expect, test } from '@jest/globals';
import type { ActionContext } from '../../extension/actions/action.ts';
import { triggerLambdaFunction } from '../../extension/actions/trigger-lambda-function/perform.ts';
import { openSession } from '../../extension/aws/session.ts';
import { CancelledError, ValidationError } from '../../extension/errors.ts';
import { execute } from '../../extension/execute.ts';
import { processPorts } from '../../extension/hosts/process/ports.ts';
import { CallError } from '../../extension/outcome/call-failure.ts';
import { unknownOutcome } from '../../extension/outcome/failure.ts';
import type { Execution, Outcome } from '../../extension/outcome/outcome.ts';
import { TaskRecord } from '../../extension/outcome/task-record.ts';
import { toOutput } from '../../extension/output.ts';
import type { Task, TaskOf } from '../../extension/task/task.ts';
import { assertValid } from '../support/schemas.ts';
import { type Script, type ScriptedServer, scriptedServer } from '../support/scripted-server.ts';
import { brokenCall } from './support/failures.ts';

/** An action of several calls: it invokes the function, and then asks for something else. */
async function invokeThenAsk(task: Task, context: ActionContext): Promise<Outcome> {
  const invoking = task as TaskOf<'Trigger Lambda Function'>;
  const outcome = await triggerLambdaFunction(invoking, context);
  await context.session.lambda.getAccountSettings({ limits: task.limits, signal: context.signal });
  return outcome;
}

let server: ScriptedServer | undefined;
afterEach(() => server?.close());

async function run(
  script: Script,
  action: typeof invokeThenAsk,
  over: object = {},
  cancelAfter = Number.POSITIVE_INFINITY,
) {
  const opened = await scriptedServer(script);
  server = opened;
  const abort = new AbortController();
  const fields = {
    ...{ function_name: 'hello', region: 'us-east-1', endpoint_url: opened.url, max_attempts: 1 },
    ...{ credentials: { user: 'AKIDEXAMPLE', password: 'secret-key' }, wait_for_completion_timeout: 1, ...over },
  };
  const log = { error() {}, warn() {}, info() {}, debug() {} };
  const watch = setInterval(() => {
    if (opened.received.length >= cancelAfter) abort.abort();
  }, 5);
  const outcome = await execute(fields, { ...processPorts, openSession, log, signal: abort.signal }, action);
  clearInterval(watch);
  const output = JSON.parse(toOutput(fields, outcome));
  assertValid('extension-output', output);
  return { output, received: opened.received.length };
}

const laterFailures: readonly [string, Script, object][] = [
  ['the connection breaks', { fault: 'reset' }, { exit_code: 10 }],
  ['the body breaks off', { body: '{"AccountLimit":{}}', fault: 'half body' }, { exit_code: 10 }],
  [
    'it is refused',
    { status: 403, headers: { 'x-amzn-errortype': 'AccessDeniedException' }, body: '{}' },
    { exit_code: 3 },
  ],
  [
    'it is throttled',
    { status: 429, headers: { 'x-amzn-errortype': 'TooManyRequestsException' }, body: '{}' },
    { exit_code: 1 },
  ],
  ['no answer comes in time', { fault: 'hang' }, { exit_code: 21 }],
  ['a page answers', { status: 502, headers: { 'x-amzn-requestid': '' }, body: '<html/>' }, { exit_code: 10 }],
];

describe('a later call that fails does not lower what was established', () => {
  test.each(laterFailures)('an accepted Event, then %s', async (_, second, expected) => {
    const script = { status: 202, headers: { 'x-amzn-requestid': 'first' }, body: '', after: [second] };
    const { output, received } = await run(script, invokeThenAsk, { invocation_type: 'Event' });
    expect(received).toBe(2);
    expect(output).toMatchObject({
      ...expected,
      changed: true,
      result: { execution: 'accepted', request_id: 'first', attempts: 1, status_code: 202 },
    });
    expect(output.result.error).toHaveLength(1);
  });

  test.each(laterFailures)('an answer with a payload, then %s', async (_, second, expected) => {
    const script = { headers: { 'x-amzn-requestid': 'first' }, body: '{"order":9007199254740993}', after: [second] };
    const { output } = await run(script, invokeThenAsk);
    expect(output).toMatchObject({
      ...expected,
      changed: true,
      result: { execution: 'completed', request_id: 'first', payload: '{"order":9007199254740993}', attempts: 1 },
    });
  });

  test('a cancel during the second call', async () => {
    const script = { status: 202, body: '', after: [{ fault: 'hang' as const }] };
    const { output } = await run(
      script,
      invokeThenAsk,
      { invocation_type: 'Event', wait_for_completion_timeout: 60 },
      2,
    );
    expect(output).toMatchObject({ exit_code: 22, changed: true, result: { execution: 'accepted' } });
    expect(output.status_description).toBe(
      'CANCELLED: AWS Lambda had accepted the call before; the function runs or will run.',
    );
  });
});

describe('an exception of our own', () => {
  test('after the answer came keeps the answer', async () => {
    const { output } = await run({ body: '{"a":1}' }, async (task, context) => {
      await triggerLambdaFunction(task as TaskOf<'Trigger Lambda Function'>, context);
      throw new TypeError('nobody expected this');
    });
    expect(output).toMatchObject({
      exit_code: 1,
      changed: true,
      status_description: 'FAIL: TypeError: unexpected: nobody expected this. The function had run to its end before.',
      result: {
        execution: 'completed',
        payload: '{"a":1}',
        payload_json: { a: 1 },
        attempts: 1,
        request_id: 'request-1',
      },
    });
  });

  test('before anything was sent claims that nothing ran', async () => {
    const { output, received } = await run({}, async () => {
      throw new TypeError('nobody expected this');
    });
    expect(received).toBe(0);
    expect(output).toMatchObject({ exit_code: 1, changed: false, result: { execution: 'not_started', attempts: 0 } });
  });

  test('while the call is under way leaves it unknown', async () => {
    const { output } = await run({}, async (task, { session, record, ...context }) => {
      const lambda = { ...session.lambda, invoke: () => Promise.reject(new RangeError('a fault of ours')) };
      return triggerLambdaFunction(task as TaskOf<'Trigger Lambda Function'>, {
        ...context,
        record,
        session: { ...session, lambda },
      });
    });
    expect(output).toMatchObject({ exit_code: 1, changed: false, result: { execution: 'unknown' } });
  });
});

test('a start that is unknown is raised by what is found later, and never lowered', async () => {
  const { output } = await run({ fault: 'reset', after: [{ body: '{}' }] }, async (task, context) => {
    await triggerLambdaFunction(task as TaskOf<'Trigger Lambda Function'>, context).catch(() => {});
    context.record.raise('accepted');
    context.record.raise('not_started');
    context.record.raise('unknown');
    throw new Error('later');
  });
  expect(output).toMatchObject({ changed: true, result: { execution: 'accepted' } });
});

describe('a call that can run the function', () => {
  const proof = { requestId: 'request-1', attempts: 2 };

  test('leaves it unknown for as long as it is under way', async () => {
    const record = new TaskRecord();
    expect(record.execution).toBe('not_started');
    await record.running('accepted', async () => {
      expect(record.execution).toBe('unknown');
      return proof;
    });
    expect(record).toMatchObject({ execution: 'accepted', ...proof });
  });

  test('does not lower what an earlier one proved', async () => {
    const record = new TaskRecord();
    record.raise('completed');
    await record.running('accepted', async () => {
      expect(record.execution).toBe('completed');
      return { requestId: null, attempts: 1 };
    });
    expect(record.execution).toBe('completed');
  });

  test.each<[unknown, Execution]>([
    [new ValidationError([]), 'not_started'],
    [new CancelledError(), 'not_started'],
    [new TypeError('ours'), 'unknown'],
    [new CallError(brokenCall(), null), 'not_started'],
    [new CallError(brokenCall({ phase: 'ready' }), null), 'unknown'],
  ])('that ends with %s', async (error, execution) => {
    const record = new TaskRecord();
    await expect(record.running('completed', () => Promise.reject(error))).rejects.toBe(error);
    expect(record.execution).toBe(execution);
  });

  test('names its trace only if there is one', () => {
    const record = new TaskRecord();
    const outcome = unknownOutcome('it ended');
    expect(record.complete(outcome)).toEqual(outcome);
    expect(Object.keys(record.complete(outcome))).not.toContain('traceId');
    record.traceId = '1-a';
    expect(record.complete({ ...outcome, traceId: '1-b' }).traceId).toBe('1-a');
  });
});
