import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from '@jest/globals';
import { jsonLines, textLines } from '../../../extension/hosts/cli/step-lines.ts';
import { type Step, Steps } from '../../../extension/hosts/cli/steps.ts';
import type { HistoryEvent } from '../../../extension/ports.ts';
import { type DurableOptions, type DurableServer, durableServer } from '../../support/durable-server.ts';
import { cleanEnvironment, program, root, runProgram } from '../../support/run-program.ts';

let server: DurableServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function serve(options: DurableOptions = {}) {
  server = await durableServer(options);
  const env = {
    ...{ AWS_ENDPOINT_URL: server.url, AWS_REGION: 'us-east-1' },
    ...{ AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'EXAMPLE-SECRET' },
  };
  const start = (name: string, qualifier = '1') =>
    runProgram(['invoke', `long:${qualifier}`, '--durable-execution-name', name, '--event'], { env });
  return { server, env, start };
}

/** An execution that takes a step in two attempts, and then ends. */
const endsAs = (status: string, result?: string | Record<string, unknown>): NonNullable<DurableOptions['live']> => {
  const step = { Id: 's1', Name: 'charge' };
  return (execution, { add, end }) => {
    const retry = { RetryDetails: { CurrentAttempt: 1, NextAttemptDelaySeconds: 2 } };
    add(
      execution,
      { ...step, EventType: 'StepStarted' },
      { ...step, EventType: 'StepFailed', StepFailedDetails: retry },
      { ...step, EventType: 'StepStarted' },
      { ...step, EventType: 'StepSucceeded' },
      { EventType: 'InvocationCompleted', InvocationCompletedDetails: { RequestId: 'r-1' } },
    );
    end(execution, status, result);
  };
};

describe('an execution is followed to its end', () => {
  test.each([
    ['SUCCEEDED', '{"total":7}', 0, 'SUCCESS: The durable execution order-7 succeeded after'],
    ['FAILED', { ErrorType: 'OrderError', ErrorMessage: 'sold out' }, 1, 'FAIL: Unhandled: OrderError: sold out\n'],
    ['TIMED_OUT', undefined, 1, 'ran into the ExecutionTimeout of 900 s'],
    ['STOPPED', { ErrorMessage: 'by hand' }, 1, 'was stopped by somebody else (by hand)'],
  ])('that is %s', async (status, result, exit, sentence) => {
    const { env, start, server } = await serve({ live: endsAs(status, result) });
    await start('order-7');
    const { code, stdout, stderr } = await runProgram(['watch', 'order-7', '--function', 'long:1'], { env });
    expect(code).toBe(exit);
    expect(stderr).toContain(sentence);
    const rows = stdout.split('\n').map((line) => line.replace(/^\S+Z {2}/, ''));
    expect(rows).toEqual(
      expect.arrayContaining([
        'step       charge           failed, attempt 1, next attempt in 2 s',
        'step       charge           succeeded, attempt 2',
        'invocation completed, request r-1',
      ]),
    );
    expect(rows.filter((row) => row.includes('succeeded, attempt 2'))).toHaveLength(1);
    expect(stdout.endsWith('{"total":7}\n')).toBe(status === 'SUCCEEDED');
    expect(server.count('Invoke')).toBe(1);
    expect(server.count('Stop')).toBe(0);
  });

  test('by its ARN, as a JSON document a line', async () => {
    const { env, start, server } = await serve({ live: endsAs('SUCCEEDED', '{"big":12345678901234567890}') });
    await start('order-7');
    const arn = server.executions[0]?.arn ?? '';
    // The region comes from the ARN.
    const { code, stdout } = await runProgram(['watch', arn, '--json'], { env: { ...env, AWS_REGION: '' } });
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect([code, lines[0]]).toEqual([0, expect.objectContaining({ event: 'execution', name: 'order-7', arn })]);
    expect(lines.filter(({ event }) => event === 'step').map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(lines[3]).toMatchObject({ type: 'StepFailed', state: 'failed', attempt: 1, retry_delay: 2 });
    expect(lines.at(-1)).toMatchObject({
      ...{ event: 'end', status: 'SUCCEEDED', exit_code: 0, error: null },
      payload: '{"big":12345678901234567890}',
    });
    expect(server.count('List')).toBe(0);
  });

  test('raw prints the result alone, and the steps elsewhere', async () => {
    const { env, start } = await serve({ live: endsAs('SUCCEEDED', '"paid"') });
    await start('order-7');
    const words = ['watch', 'order-7', '--function', 'long', '--output', 'raw'];
    const { stdout, stderr } = await runProgram(words, { env });
    expect(stdout).toBe('"paid"');
    expect(stderr).toContain('charge');
  });

  test('through throttling, which is said once', async () => {
    const fault: NonNullable<DurableOptions['fault']> = ({ operation, nth }) =>
      operation === 'List' && nth > 1 && nth < 4 ? { refuse: [429, 'TooManyRequestsException'] } : null;
    const { env, start } = await serve({ fault, live: endsAs('SUCCEEDED') });
    await start('order-7');
    await runProgram(['watch', 'none', '--function', 'long'], { env }); // takes the first read
    const { code, stderr } = await runProgram(['watch', 'order-7', '--function', 'long'], { env });
    expect(code).toBe(0);
    expect(stderr.match(/TooManyRequestsException: .*; asking again/g)).toHaveLength(1);
  });
});

describe('what cannot be watched', () => {
  test('a name that is not known', async () => {
    const { env } = await serve();
    const { code, stdout, stderr } = await runProgram(['watch', 'order-8', '--function', 'long'], { env });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(
      'FAIL: long has no durable execution named order-8; it was deleted or its retention is over',
    );
    expect(stderr).toContain('Nothing was watched, and nothing was changed.');
  });

  test('an ARN that has expired', async () => {
    const { env } = await serve();
    const arn = 'arn:aws:lambda:us-east-1:123456789012:function:long:1/durable-execution/order-8/0a1b';
    const { code, stdout, stderr } = await runProgram(['watch', arn, '--output', 'json'], { env });
    expect(code).toBe(1);
    expect(stderr).toContain('FAIL: no durable execution has this ARN; it was deleted or its retention is over');
    expect(JSON.parse(stdout)).toMatchObject({ event: 'end', status: null, exit_code: 1 });
  });

  test('one of several that have the name, all of which are shown', async () => {
    const { env, start, server } = await serve({ versions: { 2: '2' } });
    await start('order-7');
    const [first] = server.executions;
    server.executions.push({ ...(first as NonNullable<typeof first>), arn: `${first?.arn}-2`, version: '2' });
    const { code, stderr } = await runProgram(['watch', 'order-7', '--function', 'long'], { env });
    expect(code).toBe(20);
    expect(stderr).toContain('2 durable executions have the name order-7; give the ARN of one');
    for (const { arn } of server.executions) expect(stderr).toContain(arn);
    const words = ['watch', 'order-7', '--function', 'long:2', '--durable-timeout', '1'];
    expect((await runProgram(words, { env })).code).toBe(21);
  });

  test.each([
    [['watch'], 'watch needs one durable execution: its ARN, or its name and --function FUNCTION'],
    [['watch', 'order-7'], 'watch order-7 needs --function FUNCTION'],
    [['watch', 'arn:aws:lambda:us-east-1:123456789012:function:f:1'], 'is not the ARN of a durable execution'],
    [['watch', 'order 7', '--function', 'f'], 'has letters, digits, _ and -'],
    [['watch', 'x', '--function', 'f', '--output', 'yaml'], '--output must be one of text, json, raw'],
    [['watch', 'x', '--function', 'a b'], '--function: must be the name of a function'],
    [
      ['watch', 'arn:aws:lambda:us-east-1:123456789012:function:f:1/durable-execution/a/b', '--function', 'f'],
      '--function goes with a name',
    ],
    [
      [
        ...['watch', 'arn:aws:lambda:us-east-1:123456789012:function:f:1/durable-execution/a/b'],
        ...['--region', 'eu-west-1'],
      ],
      '--region: contradicts the region of the ARN in EXECUTION, us-east-1',
    ],
  ])('%j', async (words, message) => {
    const { code, stderr } = await runProgram(words, { env: { AWS_ACCESS_KEY_ID: 'A', AWS_SECRET_ACCESS_KEY: 'S' } });
    expect([code, stderr]).toEqual([20, expect.stringContaining(message)]);
  });
});

describe('the watching ends before the execution', () => {
  async function watching(words: readonly string[], env: NodeJS.ProcessEnv) {
    const [command, ...first] = program();
    const child = spawn(command, [...first, 'watch', ...words], { cwd: root, env: { ...cleanEnvironment(), ...env } });
    child.stdin.end();
    const output = { stderr: '' };
    child.stderr.on('data', (chunk) => (output.stderr += chunk));
    const ended = once(child, 'close');
    await once(child.stdout, 'data');
    return { child, output, ended };
  }

  test('by a signal', async () => {
    const { env, start, server } = await serve();
    await start('order-7');
    const { child, output, ended } = await watching(['order-7', '--function', 'long'], env);
    child.stdout.resume();
    child.kill('SIGINT');
    expect((await ended)[0]).toBe(22);
    expect(output.stderr).toMatch(/^CANCELLED: Stopped watching\nThe durable execution goes on\. To watch it again: /);
    expect(output.stderr).toContain(`ue-aws-lambda watch '${server.executions[0]?.arn}'`);
    expect([server.executions[0]?.status, server.count('Stop')]).toEqual(['RUNNING', 0]);
  });

  test('since nobody reads any more', async () => {
    let gone = false;
    const { env, start, server } = await serve({
      live: (execution, { add }) => {
        if (gone) add(execution, { EventType: 'StepStarted', Id: 's1', Name: 'charge' });
      },
    });
    await start('order-7');
    const { child, ended } = await watching(['order-7', '--function', 'long'], env);
    child.stdout.destroy();
    gone = true;
    expect((await ended)[0]).toBe(22);
    expect(server.count('Stop')).toBe(0);
  });

  test('after --durable-timeout', async () => {
    const { env, start } = await serve();
    await start('order-7');
    const words = ['watch', 'order-7', '--function', 'long', '--durable-timeout', '1'];
    const { code, stderr } = await runProgram(words, { env });
    expect(code).toBe(21);
    expect(stderr).toContain('READ_TIMEOUT_ERROR: The durable execution did not end within 1 s');
    expect(stderr).toContain('The durable execution goes on.');
  });
});

describe('the lines', () => {
  const event = (id: number, type: string, over: Partial<HistoryEvent> = {}): HistoryEvent => ({
    ...{ id, type, at: Date.UTC(2026, 10, 25, 1, 2, id), operation: null, name: null, requestId: null },
    ...{ callbackId: null, until: null, functionName: null, retryDelay: null, attempt: null, ...over },
  });
  const stepsOf = (...pages: readonly (readonly HistoryEvent[])[]) => {
    const steps: Step[] = [];
    const history = new Steps((step) => steps.push(step));
    for (const page of pages) history.take(page);
    return steps;
  };
  const plain = (_style: unknown, text: string) => text;

  test('come once and in their order, whatever the order of the pages', () => {
    const events = [3, 1, 2, 2].map((id) => event(id, 'StepStarted'));
    expect(stepsOf(events, [event(2, 'StepStarted'), event(4, 'ExecutionSucceeded')]).map((s) => s.event.id)).toEqual([
      1, 2, 3, 4,
    ]);
  });

  test('name what is not known as AWS does', () => {
    const [step] = stepsOf([event(1, 'ExecutionPaused'), event(2, 'Renamed')]);
    expect(step).toMatchObject({ kind: 'execution', state: 'paused' });
    expect(stepsOf([event(2, 'Renamed')])[0]).toMatchObject({ kind: 'event', state: 'Renamed' });
  });

  test.each([80, 120])('fit a terminal of %i columns, and a callback’s command can be copied', (width) => {
    const events = [
      event(1, 'CallbackStarted', { name: 'approval', callbackId: 'A+b==', until: Date.UTC(2026, 10, 26) }),
      event(2, 'StepFailed', { name: 'a-step-with-a-long-name-of-its-own', attempt: 3, retryDelay: 300 }),
      event(3, 'InvocationCompleted', { requestId: '0b7a3c52-6d1f-4e0c-9a55-1d2e3f405162' }),
    ];
    const lines = textLines({ isTerminal: true, width, paint: plain });
    const text = stepsOf(events).map(lines.step).join('');
    expect(text.split('\n').filter((line) => line.length > width)).toEqual([]);
    expect(text).toMatch(
      /^2026-11-25 \(UTC\)\n01:02:01Z {2}callback {3}approval {9}started, until 2026-11-26 00:00:00Z\n/,
    );
    expect(text).toContain("\n  ue-aws-lambda approve 'A+b=='\n");
  });

  test('hold nothing that a terminal would obey', () => {
    const [step] = stepsOf([event(1, 'StepStarted', { name: '\u001b[31m\nx' })]);
    const text = textLines({ isTerminal: false, width: Number.POSITIVE_INFINITY, paint: plain }).step(step as Step);
    expect(text.split('\n')).toHaveLength(2);
    expect(text).not.toContain('\u001b');
    expect(jsonLines.step(step as Step).split('\n')).toHaveLength(2);
  });
});
