import { afterEach, describe, expect, test } from '@jest/globals';
import {
  type Control,
  type DurableCall,
  type DurableOptions,
  type DurableServer,
  durableServer,
  type Execution,
  type Fault,
  type Operation,
} from '../support/durable-server.ts';
import { type QuickClock, quickClock, type RunOptions, runDurable } from '../support/durable-task.ts';

let server: DurableServer;
let clock: QuickClock;
afterEach(() => server.close());

async function serve(options: DurableOptions = {}): Promise<void> {
  clock = quickClock();
  server = await durableServer({ now: clock.now, ...options });
}

const run = (over: object = {}, options: RunOptions = {}) => runDurable(server, over, { clock, ...options });

/** Ends an execution so many seconds after its start. */
function endsAfter(seconds: number, status = 'SUCCEEDED', result: string | Record<string, unknown> = '{"ok":true}') {
  return (execution: Execution, control: Control) => {
    if (clock.now() - execution.startedAt < seconds * 1000) return;
    control.add(execution, invocation(`request-${execution.events.length}`));
    control.end(execution, status, result);
  };
}

const invocation = (id: string) => ({
  EventType: 'InvocationCompleted',
  InvocationCompletedDetails: { RequestId: id, StartTimestamp: 1, EndTimestamp: 2 },
});

/** A fault of the calls of one operation, from one to another, counted from 1. */
function faulty(operation: Operation, fault: Fault, from = 1, to = Number.POSITIVE_INFINITY) {
  return (call: DurableCall) => (call.operation === operation && call.nth >= from && call.nth <= to ? fault : null);
}

/** Puts an execution there by another task, which then ends. */
async function begunBefore(name: string, input: string, version = '1'): Promise<Execution> {
  const response = await fetch(`${server.url}/2015-03-31/functions/long/invocations?Qualifier=${version}`, {
    ...{ method: 'POST', body: input },
    headers: { 'x-amz-durable-execution-name': name, 'x-amz-invocation-type': 'Event' },
  });
  await response.text();
  server.calls.length = 0;
  return server.executions.at(-1) as Execution;
}

describe('a durable execution', () => {
  test('is started by Event under its name, waited for, and its result is the payload', async () => {
    await serve({ live: (...of) => endsAfter(20)(...of) });
    const { output } = await run();
    expect(output).toMatchObject({
      ...{ exit_code: 0, status_description: 'SUCCESS: AWS Lambda function invoked successfully', changed: true },
      result: {
        ...{ execution: 'completed', payload: '{"ok":true}', payload_json: { ok: true }, status_code: 200 },
        ...{ executed_version: '1', function_error: null, attempts: 1, error: null },
        durable_execution_arn: server.executions[0]?.arn,
        durable: {
          ...{ name: 'order-7', arn: server.executions[0]?.arn, status: 'SUCCEEDED', resumed: false },
          ...{ waiting_for: [], invocations: ['request-1'] },
        },
      },
    });
    expect(Date.parse(output.result.durable.ended_at) - Date.parse(output.result.durable.started_at)).toBeGreaterThan(
      19_999,
    );
    expect(server.count('Invoke')).toBe(1);
    expect(server.calls[0]?.operation).toBe('List');
    expect(server.calls.filter(({ operation, query }) => operation === 'Get' && isWithData(query))).toHaveLength(1);
  });

  test('without a name gets one, which is in the log before anything is sent and in the fields', async () => {
    await serve({ live: (...of) => endsAfter(5)(...of) });
    const { output, lines } = await run({ durable_execution_name: null });
    const name = output.result.durable.name;
    expect(name).toMatch(/^ue-[0-9a-f-]{36}$/);
    expect(output.invocation.fields.durable_execution_name).toBe(name);
    expect(lines[1]).toContain(name); // the first names the trace
  });

  test('that runs under the name already is waited for, and nothing is invoked', async () => {
    await serve({ live: (...of) => endsAfter(50)(...of) });
    await begunBefore('order-7', '{ "order": 7 }');
    const { output } = await run();
    expect(output).toMatchObject({ exit_code: 0, result: { payload: '{"ok":true}', durable: { resumed: true } } });
    expect(server.count('Invoke')).toBe(0);
  });

  test('of another version is found when the alias has moved on', async () => {
    await serve({ live: (...of) => endsAfter(50)(...of), versions: { PROD: '2' } });
    await begunBefore('order-7', '{"order":7}', '1');
    const { output } = await run({ function_name: 'long:PROD' });
    expect(output).toMatchObject({ exit_code: 0, result: { durable: { resumed: true } } });
    expect(server.executions).toHaveLength(1);
    expect(server.count('Invoke')).toBe(0);
  });

  test('that had succeeded before is answered from its record', async () => {
    await serve();
    server.end(await begunBefore('order-7', '{"order":7}'), 'SUCCEEDED', '[1]');
    const { output } = await run();
    expect(output).toMatchObject({
      ...{ exit_code: 0, changed: true },
      result: { execution: 'completed', payload: '[1]', durable: { resumed: true, status: 'SUCCEEDED' } },
    });
    expect(server.count('Invoke')).toBe(0);
  });

  test.each(['FAILED', 'TIMED_OUT', 'STOPPED'])(
    'that was %s before says that a rerun needs another name',
    async (status) => {
      await serve();
      server.end(await begunBefore('order-7', '{"order":7}'), status, { ErrorType: 'Late', ErrorMessage: 'too late' });
      const { output } = await run();
      expect(output).toMatchObject({
        exit_code: 1,
        result: { execution: 'completed', durable: { resumed: true, status } },
      });
      expect(output.status_description).toMatch(
        /under the name order-7, so a rerun needs another durable_execution_name$/,
      );
      expect(server.count('Invoke')).toBe(0);
    },
  );
});

function isWithData(query: URLSearchParams): boolean {
  return query.get('IncludeExecutionData') === 'true';
}

describe('the ends', () => {
  test('FAILED is a function error', async () => {
    const error = { ErrorType: 'OrderError', ErrorMessage: 'no such order', StackTrace: ['at order.mjs:1'] };
    await serve({ live: (...of) => endsAfter(5, 'FAILED', error)(...of) });
    const { output } = await run();
    expect(output).toMatchObject({
      ...{ exit_code: 1, status_description: 'FAIL: Unhandled: OrderError: no such order', changed: true },
      result: {
        ...{ execution: 'completed', function_error: 'Unhandled' },
        payload_json: { errorType: 'OrderError', errorMessage: 'no such order', stackTrace: ['at order.mjs:1'] },
        error: [{ name: 'OrderError', message: 'no such order' }],
      },
    });
  });

  test('FAILED with fail_on_function_error false is exit 0', async () => {
    await serve({ live: (...of) => endsAfter(5, 'FAILED', { ErrorMessage: 'no' })(...of) });
    const { output } = await run({ fail_on_function_error: false });
    expect(output).toMatchObject({ exit_code: 0, result: { function_error: 'Unhandled', error: null } });
  });

  test.each([
    ['TIMED_OUT', 'FAIL: the durable execution ran into the ExecutionTimeout of 900 s of its function'],
    ['STOPPED', 'FAIL: the durable execution was stopped by somebody else (Operator: enough)'],
  ])('%s has a sentence of its own', async (status, description) => {
    const error = { ErrorType: 'Operator', ErrorMessage: 'enough' };
    await serve({ live: (...of) => endsAfter(5, status, error)(...of) });
    const { output } = await run({ fail_on_function_error: false });
    expect(output).toMatchObject({
      ...{ exit_code: 1, status_description: description },
      result: { execution: 'completed', durable: { status }, function_error: null },
    });
  });

  test('a result of 6 MB arrives whole', async () => {
    const result = JSON.stringify('"'.repeat(3 * 2 ** 20 - 2)); // twice as long as JSON, and four times within JSON
    await serve({ live: (...of) => endsAfter(5, 'SUCCEEDED', result)(...of) });
    const { output } = await run();
    expect(output.exit_code).toBe(0);
    expect(output.result.payload).toHaveLength(result.length);
    expect(output.result.payload === result).toBe(true);
  });

  test('every event of a history of 3,000 is told once', async () => {
    await serve({
      live(execution, control) {
        const age = clock.now() - execution.startedAt;
        const wanted = Math.min(3000, Math.floor(age / 20));
        while (execution.events.length < wanted) {
          control.add(execution, { EventType: 'StepStarted', Id: `${execution.events.length}`, Name: 'step' });
        }
        if (age > 100_000) control.end(execution, 'SUCCEEDED', '1');
      },
    });
    const { output, lines } = await run();
    expect(output.exit_code).toBe(0);
    expect(lines.filter((line) => line.includes('step step started'))).toHaveLength(2999);
  });

  test('what it does is told as it happens', async () => {
    const seen: object[] = [];
    await serve({
      live(execution, control) {
        const { events } = execution;
        if (events.length === 1) {
          const callback = { CallbackId: 'Y2FsbA==', Timeout: 3600 };
          control.add(execution, {
            EventType: 'CallbackStarted',
            Id: 'c',
            Name: 'approve',
            CallbackStartedDetails: callback,
          });
          control.add(execution, invocation('request-1'));
        }
        if (clock.now() - execution.startedAt > 40_000) endsAfter(0)(execution, control);
      },
    });
    const { output, lines } = await run({}, { onProgress: (news) => seen.push(news) });
    expect(output.exit_code).toBe(0);
    expect(lines.join('\n')).toContain('Durable execution order-7: waits for callback approve (Y2FsbA==) until ');
    expect(seen).toContainEqual(
      expect.objectContaining({
        ...{ name: 'order-7', status: 'RUNNING' },
        waitingFor: [expect.objectContaining({ kind: 'callback', name: 'approve', callbackId: 'Y2FsbA==' })],
      }),
    );
  });
});

describe('the start', () => {
  test('an answer that is cut after any tenth byte is recovered from: one execution, none unknown', async () => {
    await serve();
    for (let bytes = 0; bytes < 420; bytes += 10) {
      await server.close();
      await serve({ live: (...of) => endsAfter(5)(...of), fault: faulty('Invoke', { cut: bytes }) });
      const { output } = await run();
      expect({ bytes, exit: output.exit_code, known: output.result.execution }).toEqual({
        bytes,
        exit: 0,
        known: 'completed',
      });
      expect([server.count('Invoke'), server.executions.length]).toEqual([1, 1]);
    }
  }, 60_000);

  test('an answer that does not come is recovered from, although reads lag, are cut, throttled and refused by a proxy', async () => {
    const faults: readonly Fault[] = [
      { refuse: [429, 'TooManyRequestsException'], retryAfter: 60 },
      { cut: 'unread' },
      { cut: 100 },
      { page: '<html/>' },
      { refuse: [500, 'ServiceException'] },
    ];
    const live = endsAfter(300);
    await serve({
      ...{ live, lag: 50_000 },
      fault: (call) => {
        if (call.operation === 'Invoke') return { hang: true };
        return call.operation === 'List' && call.nth > 2 ? (faults[call.nth - 3] ?? null) : null;
      },
    });
    const { output } = await run({ wait_for_completion_timeout: 1 });
    expect(output).toMatchObject({ exit_code: 0, result: { execution: 'completed', durable: { resumed: false } } });
    expect([server.count('Invoke'), server.executions.length]).toEqual([1, 1]);
  });

  test('that shows nowhere stays unknown, and is not tried again', async () => {
    await serve({ fault: faulty('Invoke', { cut: 'unread' }) });
    const { output } = await run();
    expect(output).toMatchObject({ exit_code: 10, changed: false, result: { execution: 'unknown', durable: null } });
    expect(server.count('Invoke')).toBe(1);
    expect(clock.slept()).toBeGreaterThanOrEqual(60);
    expect(clock.slept()).toBeLessThan(120);
  });

  test.each<[string, Fault, object]>([
    ['refused', { refuse: [403, 'AccessDeniedException'] }, { exit_code: 3 }],
    ['without such a function', { refuse: [404, 'ResourceNotFoundException'] }, { exit_code: 1 }],
    ['cut', { cut: 'unread' }, { exit_code: 10 }],
  ])('a look that is %s starts nothing', async (_, fault, expected) => {
    await serve({ fault: faulty('List', fault) });
    const { output } = await run();
    expect(output).toMatchObject({ ...expected, changed: false, result: { execution: 'not_started' } });
    expect(server.count('Invoke')).toBe(0);
  });

  test('with a name of another payload is refused: found by the look, or by AWS', async () => {
    await serve();
    await begunBefore('order-7', '{"order":8}');
    const { output } = await run();
    const expected = {
      ...{ exit_code: 1, changed: false },
      result: { execution: 'not_started', error: [{ name: 'DurableExecutionAlreadyStartedException' }] },
    };
    expect(output).toMatchObject(expected);
    expect(output.status_description).toContain('give another durable_execution_name');
    expect(server.count('Invoke')).toBe(0);

    await server.close();
    await serve({ lag: 600_000 });
    await begunBefore('order-7', '{"order":8}');
    const late = await run();
    expect(late.output).toMatchObject(expected);
    expect(late.output.status_description).toContain('give another durable_execution_name');
  });

  test('of a function that is not durable says so', async () => {
    await serve({ durable: false });
    const { output } = await run();
    expect(output).toMatchObject({
      ...{ exit_code: 1, changed: true },
      result: { execution: 'accepted', status_code: 202, durable: null, error: [{ name: 'NotDurable' }] },
    });
    expect(output.status_description).toMatch(/^FAIL: the function is not durable, there is nothing to wait for/);
    expect(server.count('Invoke')).toBe(1);
  });

  test.each<[string, object, string]>([
    ['without a qualifier', { function_name: 'long' }, 'qualifier'],
    ['with a Dry Run', { invocation_type: 'Dry Run' }, 'invocation_type'],
    ['with the tail of the log', { log_type: 'Tail' }, 'log_type'],
    ['with more than Event takes', { payload_script: `"${'x'.repeat(2 ** 20)}"` }, 'payload_script'],
  ])('%s is not valid', async (_, over, field) => {
    await serve();
    const { output } = await run(over);
    expect(output).toMatchObject({ exit_code: 20, result: { execution: 'not_started', error: [{ field }] } });
    expect(server.calls).toHaveLength(0);
  });
});

describe('waiting', () => {
  test('for an hour makes at most 130 reads', async () => {
    await serve({ live: (...of) => endsAfter(3600)(...of) });
    const { output } = await run();
    expect(output.exit_code).toBe(0);
    expect(server.calls.length - 1).toBeLessThanOrEqual(130);
    expect(clock.slept()).toBeLessThan(3700);
  });

  test.each<[string, Fault]>([
    ['throttling that asks to wait', { refuse: [429, 'TooManyRequestsException'], retryAfter: 7 }],
    ['a fault of AWS', { refuse: [500, 'ServiceException'] }],
    ['a cut before the answer', { cut: 'unread' }],
    ['a cut within the answer', { cut: 250 }],
    ['the page of a proxy', { page: '<html/>' }],
    ['keys that have expired', { refuse: [403, 'ExpiredTokenException'] }],
    ['reads that lag', { refuse: [404, 'ResourceNotFoundException'] }],
  ])('survives %s', async (_, fault) => {
    const get = faulty('Get', fault, 2, 3);
    const history = faulty('History', fault, 1, 2);
    await serve({ live: (...of) => endsAfter(200)(...of), fault: (call) => get(call) ?? history(call) });
    const { output, lines } = await run();
    expect(output).toMatchObject({ exit_code: 0, result: { payload: '{"ok":true}' } });
    expect(server.count('Invoke')).toBe(1);
    if (!JSON.stringify(fault).includes('404') && !JSON.stringify(fault).includes('403'))
      expect(lines.filter((line) => line.startsWith('warn')).length).toBeGreaterThan(0);
  });

  test('honours Retry-After', async () => {
    const fault = faulty('Get', { refuse: [429, 'TooManyRequestsException'], retryAfter: 120 }, 1, 1);
    await serve({ live: (...of) => endsAfter(5)(...of), fault });
    await run();
    expect(clock.slept()).toBeGreaterThan(120);
  });

  test.each(['PAUSING', 'PAUSED', 'DELETING', 'SOMETHING_NEW'])('goes on in status %s', async (status) => {
    await serve({
      live(execution, control) {
        const age = clock.now() - execution.startedAt;
        if (age > 3000 && age < 300_000) execution.status = status;
        else endsAfter(300)(execution, control);
      },
    });
    const { output, lines } = await run();
    expect(output).toMatchObject({ exit_code: 0, result: { durable: { status: 'SUCCEEDED' } } });
    expect(lines.join('\n')).toContain(`order-7 is ${status}`);
  });

  test('without permission to read the history goes on without progress', async () => {
    await serve({
      live: (...of) => endsAfter(100)(...of),
      fault: faulty('History', { refuse: [403, 'AccessDeniedException'] }),
    });
    const { output, lines } = await run();
    expect(output).toMatchObject({ exit_code: 0, result: { durable: { invocations: [] } } });
    expect(lines.join('\n')).toContain('progress of the execution cannot be read');
  });

  test('without permission to read the status fails after its limit, and says that it was accepted', async () => {
    await serve({ fault: faulty('Get', { refuse: [403, 'AccessDeniedException'] }) });
    const { output } = await run();
    expect(output).toMatchObject({
      ...{ exit_code: 3, changed: true },
      result: { execution: 'accepted', durable: { name: 'order-7' } },
    });
    expect(clock.slept()).toBeGreaterThan(599);
  });

  test('for an execution that is removed meanwhile ends', async () => {
    await serve({ fault: faulty('Get', { refuse: [404, 'ResourceNotFoundException'] }, 4) });
    const { output } = await run();
    expect(output).toMatchObject({
      ...{ exit_code: 1, changed: true },
      result: { execution: 'accepted', error: [{ name: 'DurableExecutionGone' }], durable: { status: 'RUNNING' } },
    });
    expect(output.status_description).toContain('deleted, or its retention is over');
  });

  test('a result that cannot be read leaves it completed', async () => {
    const live = endsAfter(10);
    const fault = (call: DurableCall): Fault | null =>
      call.operation === 'Get' && isWithData(call.query) ? { refuse: [502, 'KMSAccessDeniedException'] } : null;
    await serve({ live, fault });
    const { output } = await run();
    expect(output).toMatchObject({
      ...{ exit_code: 1, changed: true },
      result: { execution: 'completed', durable: { status: 'SUCCEEDED' } },
    });
  });
});

/** Keeps an execution in a status. */
function stays(status: string) {
  return (execution: Execution) => {
    execution.status = status;
  };
}

const states = ['RUNNING', 'PAUSED', 'PAUSING', 'SOMETHING_NEW'];

describe('durable_timeout', () => {
  test.each(states)('leaves it running in status %s by default', async (status) => {
    await serve({ live: stays(status) });
    const { output } = await run({ durable_timeout: 100 });
    expect(output).toMatchObject({
      ...{ exit_code: 21, changed: true },
      status_description:
        'READ_TIMEOUT_ERROR: The durable execution order-7 did not end within durable_timeout (100 s) and was left running.',
      result: {
        execution: 'accepted',
        durable: { status },
        error: [{ name: 'DurableTimeout', field: 'durable_timeout' }],
      },
    });
    expect(server.count('Stop')).toBe(0);
    expect(clock.slept()).toBeLessThan(101);
  });

  test.each(states)('stops it in status %s when asked to', async (status) => {
    await serve({ live: stays(status) });
    const { output } = await run({ durable_timeout: 100, on_timeout: 'Stop' });
    expect(output).toMatchObject({ exit_code: 21, result: { execution: 'accepted', durable: { status: 'STOPPED' } } });
    expect(output.status_description).toMatch(
      /was stopped; the invocation under way may run to its next checkpoint\.$/,
    );
    expect(server.executions[0]).toMatchObject({ status: 'STOPPED', error: { ErrorType: 'TaskTimedOut' } });
  });

  test('is not passed by what ended just before it', async () => {
    await serve({ live: (...of) => endsAfter(99)(...of) });
    const { output } = await run({ durable_timeout: 100, on_timeout: 'Stop' });
    expect(output).toMatchObject({ exit_code: 0, result: { execution: 'completed' } });
    expect(server.count('Stop')).toBe(0);
  });
});

/** Cancels the task when an execution is so many seconds old. */
function cancelAfter(seconds: number, more: DurableOptions['live'] = () => {}) {
  const abort = new AbortController();
  const live = (execution: Execution, control: Control) => {
    more(execution, control);
    if (clock.now() - execution.startedAt >= seconds * 1000) abort.abort();
  };
  return { signal: abort.signal, live };
}

describe('a cancel', () => {
  test.each(states)('stops it in status %s', async (status) => {
    const { signal, live } = cancelAfter(60, stays(status));
    await serve({ live });
    const { output } = await run({}, { signal });
    expect(output).toMatchObject({
      ...{ exit_code: 22, changed: true },
      status_description:
        'CANCELLED: The durable execution order-7 was stopped; the invocation under way may run to its next checkpoint.',
      result: { execution: 'accepted', durable: { status: 'STOPPED' }, error: [{ name: 'Cancelled' }] },
    });
    expect(server.executions[0]).toMatchObject({ status: 'STOPPED', error: { ErrorType: 'TaskCancelled' } });
  });

  test('of one that waits says that no code is running', async () => {
    const { signal, live } = cancelAfter(60, (execution, { add }) => {
      if (execution.events.length > 1) return;
      add(execution, { EventType: 'CallbackStarted', Id: 'c', CallbackStartedDetails: { CallbackId: 'Yw==' } });
      add(execution, invocation('request-1'));
    });
    await serve({ live });
    const { output } = await run({}, { signal });
    expect(output.status_description).toBe('CANCELLED: The durable execution order-7 was stopped; no code is running.');
    expect(output.result.durable).toMatchObject({ status: 'STOPPED', waiting_for: [], invocations: ['request-1'] });
  });

  test('of one whose wait is over says that code may run', async () => {
    const { signal, live } = cancelAfter(60, (execution, { add }) => {
      if (execution.events.length > 1) return;
      const until = { ScheduledEndTimestamp: execution.startedAt / 1000 + 30 };
      add(execution, { EventType: 'WaitStarted', Id: 'w', WaitStartedDetails: until });
      add(execution, invocation('request-1'));
    });
    await serve({ live });
    const { output } = await run({}, { signal });
    expect(output.status_description).toContain('may run to its next checkpoint');
  });

  test('leaves it running when asked to', async () => {
    const { signal, live } = cancelAfter(60);
    await serve({ live });
    const { output } = await run({ on_cancel: 'Leave Running' }, { signal });
    expect(output).toMatchObject({
      ...{ exit_code: 22, status_description: 'CANCELLED: The durable execution order-7 was left running.' },
      result: { execution: 'accepted', durable: { status: 'RUNNING' } },
    });
    expect(server.count('Stop')).toBe(0);
  });

  test('whose stop is refused says that it may be running', async () => {
    const { signal, live } = cancelAfter(60);
    await serve({ live, fault: faulty('Stop', { refuse: [403, 'AccessDeniedException'] }) });
    const { output } = await run({}, { signal });
    expect(output).toMatchObject({
      ...{ exit_code: 22, changed: true },
      result: { execution: 'accepted', error: [{ name: 'Cancelled' }, { name: 'StopFailed' }] },
    });
    expect(output.status_description).toContain('could not be stopped and may still be running');
  });

  test('repeats a stop that is throttled or breaks', async () => {
    const { signal, live } = cancelAfter(60);
    const throttled = faulty('Stop', { refuse: [429, 'TooManyRequestsException'] }, 1, 1);
    const cut = faulty('Stop', { cut: 'unread' }, 2, 2);
    await serve({ live, fault: (call) => throttled(call) ?? cut(call) });
    const { output } = await run({}, { signal });
    expect(output.result.durable.status).toBe('STOPPED');
  });

  test('of one that has ended meanwhile brings its result', async () => {
    const { signal, live } = cancelAfter(60);
    await serve({
      live,
      fault: (call) => {
        const [execution] = server.executions;
        if (call.operation === 'Stop' && execution !== undefined) server.end(execution, 'SUCCEEDED', '[7]');
        return null;
      },
    });
    const { output } = await run({}, { signal });
    expect(output).toMatchObject({
      ...{ exit_code: 22, changed: true },
      status_description: 'CANCELLED: The durable execution order-7 had ended before (SUCCEEDED).',
      result: { execution: 'completed', payload: '[7]', durable: { status: 'SUCCEEDED' } },
    });
  });

  test('while the result is being read is not said to have stopped anything', async () => {
    const abort = new AbortController();
    await serve({
      live: (...of) => endsAfter(5)(...of),
      fault: ({ operation, query }) => {
        if (operation !== 'Get' || !isWithData(query)) return null;
        abort.abort();
        return { refuse: [500, 'ServiceException'] };
      },
    });
    const { output } = await run({}, { signal: abort.signal });
    expect(output).toMatchObject({
      ...{ exit_code: 22, changed: true },
      status_description: 'CANCELLED: The durable execution order-7 had ended before (SUCCEEDED).',
      result: { execution: 'completed', durable: { status: 'SUCCEEDED' } },
    });
    expect(server.count('Stop')).toBe(0);
  });

  test('while the start is under way finds and stops what was started', async () => {
    const abort = new AbortController();
    await serve({
      fault: ({ operation }) => {
        if (operation !== 'Invoke') return null;
        setTimeout(() => abort.abort(), 50);
        return { hang: true };
      },
    });
    const { output } = await run({}, { signal: abort.signal });
    expect(output).toMatchObject({ exit_code: 22, result: { execution: 'accepted', durable: { status: 'STOPPED' } } });
    expect(server.count('Invoke')).toBe(1);
  });

  test('before the start starts nothing', async () => {
    const abort = new AbortController();
    await serve({
      fault: ({ operation }) => {
        if (operation === 'List') abort.abort();
        return null;
      },
    });
    const { output } = await run({}, { signal: abort.signal });
    expect(output).toMatchObject({ exit_code: 22, changed: false, result: { execution: 'not_started' } });
    expect(server.count('Invoke')).toBe(0);
  });
});
