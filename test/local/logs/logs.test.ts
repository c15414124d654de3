import {
  type CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  type GetLogEventsCommandInput,
  TagLogGroupCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { GetFunctionConfigurationCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Refusal } from '../../../local/faults.ts';
import { input, run } from '../durable/support.ts';
import { DENIED_KEY, invoke, type LoggedLocal, lambdaClient, start } from '../support/local.ts';
import { filter, logsClient } from './support.ts';

const refusals = new Map<string, Refusal>();
let local: LoggedLocal;
let client: LambdaClient;
let logs: CloudWatchLogsClient;

beforeAll(async () => {
  local = await start({ faults: { refuse: (operation) => refusals.get(operation) } });
  client = lambdaClient(local);
  logs = logsClient(local);
});
afterAll(async () => {
  client.destroy();
  logs.destroy();
  await local.close();
});

const GROUP = '/aws/lambda/logger';
const payload = (event: unknown) => ({ Payload: JSON.stringify(event) });

/** Runs the function and gives all that its log group has about it, and how the stream is called. */
async function runLogged(FunctionName: string, event: unknown, Qualifier = 'live') {
  const { requestId = '', error } = await invoke(client, { FunctionName, Qualifier, ...payload(event) });
  return { requestId, error };
}

describe('the log of a run in text', () => {
  test('has the lines of Lambda and those of the function, in their order, in one stream', async () => {
    const before = Date.now();
    const { requestId } = await runLogged('logger', { lines: ['first', 'zweite: grüßt 東京'], raw: 'no console\n' });
    const { events } = await filter(logs, { logGroupName: GROUP, filterPattern: `"${requestId}"` });
    const [stream] = events.map(({ logStreamName }) => logStreamName);
    expect(stream).toMatch(/^\d{4}\/\d\d\/\d\d\/\[1\][0-9a-f]{32}$/);
    const { events: own = [] } = await logs.send(
      new GetLogEventsCommand({ logGroupName: GROUP, logStreamName: stream, startFromHead: true }),
    );
    const start = own.findIndex(({ message }) => message?.startsWith(`START RequestId: ${requestId}`));
    const lines = own.slice(start).map(({ message }) => message?.replace(/^[\dT:.Z-]{24}/, 'TIME'));
    expect(lines.slice(0, 5)).toEqual([
      `START RequestId: ${requestId} Version: 1\n`,
      `TIME\t${requestId}\tINFO\tfirst\n`,
      `TIME\t${requestId}\tINFO\tzweite: grüßt 東京\n`,
      'no console\n',
      `END RequestId: ${requestId}\n`,
    ]);
    expect(lines[5]).toMatch(new RegExp(`^REPORT RequestId: ${requestId}\tDuration: .*\t\n$`));
    for (const { timestamp = 0, ingestionTime = 0 } of own.slice(start)) {
      expect(timestamp).toBeGreaterThanOrEqual(before);
      expect(ingestionTime).toBeGreaterThanOrEqual(timestamp);
    }
  });

  test('begins with what a new copy printed while it was loaded', async () => {
    const fresh = await start();
    await invoke(lambdaClient(fresh), { FunctionName: 'logger' });
    const { messages } = await filter(logsClient(fresh), { logGroupName: GROUP });
    expect(messages[0]).toMatch(/^INIT_START Runtime Version: nodejs:\d+/);
    expect(messages[1]).toContain('loaded');
    expect(messages[2]).toMatch(/^START /);
    await fresh.close();
  });

  test('has an error with its stack as one event', async () => {
    const { requestId } = await runLogged('logger', { fail: 'out of range', lines: ['two\nlines'] });
    const { messages } = await filter(logs, { logGroupName: GROUP, filterPattern: `"${requestId}"` });
    expect(messages.find((message) => message.includes('two'))).toMatch(/two\nlines\n$/);
    expect(messages.find((message) => message.includes('Invoke Error'))).toContain('out of range');
  });

  test('has all of a long log, of which the tail has the end', async () => {
    const count = 20_000;
    const { requestId } = await runLogged('logger', { count });
    const { messages, pages } = await filter(logs, { logGroupName: GROUP, filterPattern: `"${requestId}" "line "` });
    expect(messages).toHaveLength(count);
    expect(messages.at(-1)).toMatch(/line 20000\n$/);
    expect(pages).toBeGreaterThan(1);
  });

  test('has a line that has no end', async () => {
    const { requestId } = await runLogged('logger', { raw: 'unfinished' });
    const { messages } = await filter(logs, { logGroupName: GROUP });
    const end = messages.indexOf(`END RequestId: ${requestId}\n`);
    expect(messages[end - 1]).toBe('unfinished\n');
  });

  test('says that the time was up', async () => {
    const quick = await start({ timeoutSeconds: 1 });
    await invoke(lambdaClient(quick), { FunctionName: 'never' });
    const { messages } = await filter(logsClient(quick), { logGroupName: '/aws/lambda/never' });
    expect(messages.join('')).toMatch(/Task timed out after 1\.00 seconds\n[\s\S]*REPORT .*Status: timeout/);
    await quick.close();
  });

  test('can be read while the function runs', async () => {
    const { $metadata } = await client.send(
      new (await import('@aws-sdk/client-lambda')).InvokeCommand({ FunctionName: 'never', InvocationType: 'Event' }),
    );
    for (;;) {
      const found = await filter(logs, { logGroupName: '/aws/lambda/never' }).catch(() => undefined);
      if (found?.messages.some((message) => message.startsWith(`START RequestId: ${$metadata.requestId}`))) break;
    }
  });

  test('has every invocation of a durable execution', async () => {
    const own = await start({ timeScale: 20 });
    const wait = { kind: 'wait', name: 'pause', seconds: 20 };
    const { arn } = await run(lambdaClient(own), { Payload: input(wait, wait) });
    const { messages } = await filter(logsClient(own), { logGroupName: '/aws/lambda/durable' });
    expect(messages.filter((message) => message.startsWith('REPORT '))).toHaveLength(3);
    const pattern = `{ ($.executionArn = "${arn}") || ($.durableExecutionArn = "${arn}") }`;
    const lines = await filter(logsClient(own), { logGroupName: '/aws/lambda/durable', filterPattern: pattern });
    expect(lines.messages.join()).toContain('2 steps');
    await own.close();
  });
});

describe('the log of a run in JSON', () => {
  const json = async (requestId: string) => {
    const filterPattern = `{ ($.requestId = "${requestId}") || ($.record.requestId = "${requestId}") }`;
    const { events } = await filter(logs, { logGroupName: '/jobs/json', filterPattern });
    return events.map(({ logStreamName, message = '' }) => ({ logStreamName, ...JSON.parse(message) }));
  };

  test('has records of the platform and of the function', async () => {
    const { requestId } = await runLogged('jsonlogger', {});
    const [started, debug, info, done, report, ...rest] = await json(requestId);
    expect(rest).toEqual([]);
    expect(started).toMatchObject({
      type: 'platform.start',
      record: { requestId, version: '1', functionArn: expect.stringMatching(/:function:jsonlogger:live$/) },
    });
    expect(debug).toMatchObject({ level: 'DEBUG', requestId, message: 'details { a: 1 }' });
    expect(info).toMatchObject({ level: 'INFO', requestId, message: 'told', timestamp: expect.any(String) });
    expect(done).toMatchObject({ type: 'platform.runtimeDone', record: { status: 'success' } });
    expect(report).toMatchObject({
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      type: 'platform.report',
      record: {
        requestId,
        status: 'success',
        metrics: {
          durationMs: expect.any(Number),
          billedDurationMs: expect.any(Number),
          memorySizeMB: 128,
          maxMemoryUsedMB: expect.any(Number),
        },
      },
    });
    expect(started.logStreamName).toMatch(/^\d{4}\/\d\d\/\d\d\/jsonlogger\[1\]\[[0-9a-f]{32}\]$/);
  });

  test.each([
    [{ fail: 'too much' }, 'error', 'RangeError'],
    [{ exit: 9 }, 'failure', 'Runtime.ExitError'],
  ])('of a run that fails with %j has its status', async (event, status, errorType) => {
    const { requestId } = await runLogged('jsonlogger', event);
    expect((await json(requestId)).at(-1)).toMatchObject({
      type: 'platform.report',
      record: { status, errorType, metrics: { durationMs: expect.any(Number) } },
    });
  });

  test('is in the tail, too', async () => {
    const { log } = await invoke(client, { FunctionName: 'jsonlogger', LogType: 'Tail' });
    const lines = log
      ?.toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).type ?? 'line');
    expect(lines?.slice(-5)).toEqual(['platform.start', 'line', 'line', 'platform.runtimeDone', 'platform.report']);
  });

  test('hides what is below the levels, even the report', async () => {
    await runLogged('quiet', {});
    const { messages } = await filter(logs, { logGroupName: '/aws/lambda/quiet' });
    expect(messages.map((message) => JSON.parse(message).message)).toEqual(['told']);
  });

  test('is where the configuration says', async () => {
    const configuration = await client.send(new GetFunctionConfigurationCommand({ FunctionName: 'jsonlogger' }));
    expect(configuration.LoggingConfig).toEqual({
      LogFormat: 'JSON',
      LogGroup: '/jobs/json',
      ApplicationLogLevel: 'DEBUG',
      SystemLogLevel: 'DEBUG',
    });
    const { payload: seen } = await invoke(client, { FunctionName: 'jsonlogger', Qualifier: '1' });
    expect(seen.logGroupName).toBe('/jobs/json');
    const named = { logGroupName: seen.logGroupName, logStreamNames: [seen.logStreamName] };
    expect((await filter(logs, named)).events.length).toBeGreaterThan(0);
    const text = await client.send(new GetFunctionConfigurationCommand({ FunctionName: 'logger' }));
    expect(text.LoggingConfig).toEqual({ LogFormat: 'Text', LogGroup: GROUP });
  });
});

describe('FilterLogEvents', () => {
  test('filters by time, both ends included', async () => {
    const { requestId } = await runLogged('logger', { lines: ['timed'] });
    const { events } = await filter(logs, { logGroupName: GROUP, filterPattern: `"${requestId}" "timed"` });
    const at = events[0]?.timestamp ?? 0;
    const between = (startTime: number, endTime: number) =>
      filter(logs, { logGroupName: GROUP, filterPattern: `"${requestId}" "timed"`, startTime, endTime });
    expect((await between(at, at)).events).toHaveLength(1);
    expect((await between(at + 1, at + 1000)).events).toHaveLength(0);
    expect((await between(at - 1000, at - 1)).events).toHaveLength(0);
  });

  test('takes the ARN of a group, names of streams, or a prefix', async () => {
    const { requestId } = await runLogged('logger', { lines: ['named'] });
    const arn = `arn:aws:logs:eu-central-1:123456789012:log-group:${GROUP}`;
    const pattern = `"${requestId}" "named"`;
    const { events } = await filter(logs, { logGroupIdentifier: arn, filterPattern: pattern });
    const [stream = ''] = events.map(({ logStreamName }) => logStreamName);
    for (const given of [{ logStreamNames: [stream] }, { logStreamNamePrefix: stream.slice(0, 10) }]) {
      expect((await filter(logs, { logGroupName: GROUP, filterPattern: pattern, ...given })).events).toEqual(events);
    }
    const none = await filter(logs, { logGroupName: GROUP, filterPattern: pattern, logStreamNamePrefix: '1999' });
    expect(none.events).toEqual([]);
  });

  test('gives pages of any size, from both ends', async () => {
    const { requestId } = await runLogged('logger', { count: 25 });
    const asked = { logGroupName: GROUP, filterPattern: `"${requestId}" "line "`, limit: 10 };
    const { messages, pages } = await filter(logs, asked);
    expect([messages.length, new Set(messages).size, pages]).toEqual([25, 25, 3]);
    const latest = await filter(logs, { ...asked, startFromHead: false });
    expect(latest.messages).toEqual(messages.toReversed());
  });

  test('gives empty pages when asked to, which are no end', async () => {
    const sparse = await start({ faults: { emptyLogPages: 3 } });
    await invoke(lambdaClient(sparse), { FunctionName: 'logger', ...payload({ count: 5 }) });
    const first = await logsClient(sparse).send(new FilterLogEventsCommand({ logGroupName: GROUP, limit: 4 }));
    expect([first.events, typeof first.nextToken]).toEqual([[], 'string']);
    const { messages, pages } = await filter(logsClient(sparse), { logGroupName: GROUP, limit: 4 });
    expect(messages.filter((message) => message.includes('line '))).toHaveLength(5);
    expect(pages).toBe(3 + Math.ceil(messages.length / 4));
    await sparse.close();
  });

  test('shows nothing before its time, when asked to', async () => {
    const late = await start({ faults: { logDelayMs: 400 } });
    const { requestId } = await invoke(lambdaClient(late), { FunctionName: 'logger' });
    const asked = { logGroupName: GROUP, filterPattern: `"REPORT RequestId: ${requestId}"` };
    expect((await filter(logsClient(late), asked)).events).toEqual([]);
    while ((await filter(logsClient(late), asked)).events.length === 0);
    await late.close();
  });
});

describe('GetLogEvents', () => {
  const read = async (stream: string, given: Partial<GetLogEventsCommandInput> = {}) => {
    const command = new GetLogEventsCommand({ logGroupName: GROUP, logStreamName: stream, ...given });
    const { events = [], nextForwardToken, nextBackwardToken } = await logs.send(command);
    return { messages: events.map(({ message }) => message), events, nextForwardToken, nextBackwardToken };
  };
  const logged = async (count: number) => {
    const { requestId } = await runLogged('logger', { count });
    const { events } = await filter(logs, { logGroupName: GROUP, filterPattern: `"${requestId}"` });
    const times = events.map(({ timestamp = 0 }) => timestamp);
    const bounds = { startTime: Math.min(...times), endTime: Math.max(...times) + 1 };
    return { stream: events[0]?.logStreamName ?? '', bounds, messages: events.map(({ message }) => message) };
  };

  test('goes forward until the same token comes back', async () => {
    const { stream, bounds, messages } = await logged(8);
    const found: unknown[] = [];
    let nextToken: string | undefined;
    for (;;) {
      const page = await read(stream, { ...bounds, startFromHead: true, limit: 4, ...(nextToken && { nextToken }) });
      if (page.nextForwardToken === nextToken) break;
      found.push(...page.messages);
      nextToken = page.nextForwardToken;
    }
    expect(found).toEqual(expect.arrayContaining(messages));
    expect(found.slice(-messages.length)).toEqual(messages);
  });

  test('gives the latest events unless told otherwise, and goes back', async () => {
    const { stream, messages } = await logged(8);
    const last = await read(stream, { limit: 3 });
    expect(last.messages).toEqual(messages.slice(-3));
    const before = await read(stream, { limit: 3, nextToken: last.nextBackwardToken });
    expect(before.messages).toEqual(messages.slice(-6, -3));
    const again = await read(stream, { limit: 3, nextToken: before.nextForwardToken });
    expect(again.messages).toEqual(last.messages);
  });

  test('leaves out what is at the end time', async () => {
    const { stream, bounds } = await logged(0);
    const { events } = await read(stream, { ...bounds, endTime: bounds.endTime - 1 });
    expect(events.every(({ timestamp = 0 }) => timestamp < bounds.endTime - 1)).toBe(true);
  });
});

describe('groups and streams', () => {
  test('are listed once something was logged to them', async () => {
    await runLogged('logger', {});
    await runLogged('logger', {}, '$LATEST');
    const groups = new DescribeLogGroupsCommand({ logGroupNamePrefix: '/aws/lambda/lo' });
    const { logGroups = [] } = await logs.send(groups);
    expect(logGroups).toMatchObject([
      { logGroupName: GROUP, arn: `arn:aws:logs:eu-central-1:123456789012:log-group:${GROUP}:*` },
    ]);
    const { logStreams = [] } = await logs.send(new DescribeLogStreamsCommand({ logGroupName: GROUP }));
    const names = logStreams.map(({ logStreamName = '' }) => logStreamName);
    expect(names).toEqual(names.toSorted());
    expect(names.some((name) => name.includes('[1]')) && names.some((name) => name.includes('[$LATEST]'))).toBe(true);
    const latest = new DescribeLogStreamsCommand({
      logGroupName: GROUP,
      orderBy: 'LastEventTime',
      descending: true,
      limit: 1,
    });
    const { logStreams: newest = [], nextToken } = await logs.send(latest);
    expect(newest[0]?.logStreamName).toContain('[$LATEST]');
    expect(nextToken).toBeDefined();
  });

  test('are of one region', async () => {
    const elsewhere = logsClient(local, undefined, 'eu-west-3');
    expect((await elsewhere.send(new DescribeLogGroupsCommand({}))).logGroups).toEqual([]);
  });
});

describe('what is refused', () => {
  test.each([
    [{ logGroupName: '/aws/lambda/nobody' }, 'ResourceNotFoundException'],
    [{ logGroupName: GROUP, logStreamNames: ['nobody'] }, 'ResourceNotFoundException'],
    [{}, 'InvalidParameterException'],
    [{ logGroupName: GROUP, logGroupIdentifier: GROUP }, 'InvalidParameterException'],
    [{ logGroupName: GROUP, logStreamNames: ['a'], logStreamNamePrefix: 'a' }, 'InvalidParameterException'],
    [{ logGroupName: GROUP, filterPattern: 'not-quoted' }, 'InvalidParameterException'],
    [{ logGroupName: GROUP, filterPattern: '{ $.a = }' }, 'InvalidParameterException'],
    [{ logGroupName: GROUP, limit: 10_001 }, 'InvalidParameterException'],
    [{ logGroupName: GROUP, nextToken: 'made up' }, 'InvalidParameterException'],
  ])('%j by %s', async (given, name) => {
    await runLogged('logger', {});
    await expect(logs.send(new FilterLogEventsCommand(given))).rejects.toMatchObject({
      name,
      $metadata: { httpStatusCode: 400 },
    });
  });

  test('the key that may do nothing', async () => {
    await expect(filter(logsClient(local, DENIED_KEY), { logGroupName: GROUP })).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringMatching(
        /not authorized to perform: logs:FilterLogEvents on resource: arn:aws:logs:.*logger/,
      ),
    });
  });

  test('a wrong secret', async () => {
    const wrong = logsClient(local, { ...LOCAL_WRONG });
    await expect(filter(wrong, { logGroupName: GROUP })).rejects.toMatchObject({ name: 'InvalidSignatureException' });
  });

  test('what comes too often, when asked to', async () => {
    refusals.set('FilterLogEvents', { status: 400, name: 'ThrottlingException', message: 'Rate exceeded' });
    await expect(filter(logs, { logGroupName: GROUP })).rejects.toMatchObject({ name: 'ThrottlingException' });
    refusals.clear();
    await runLogged('logger', {});
    expect((await filter(logs, { logGroupName: GROUP })).events.length).toBeGreaterThan(0);
  });

  test('an operation that is not served says which are', async () => {
    const command = new TagLogGroupCommand({ logGroupName: GROUP, tags: { a: 'b' } });
    await expect(logs.send(command)).rejects.toThrow(/Served are FilterLogEvents, GetLogEvents/);
  });
});

const LOCAL_WRONG = { accessKeyId: 'local', secretAccessKey: 'guessed' };
