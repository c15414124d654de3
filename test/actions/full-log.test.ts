import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { quickClock } from '../support/durable-task.ts';
import { type Executed, executeTask } from '../support/execute.ts';
import { type LogsScript, type LogsServer, logsServer, type StoredEvent } from '../support/logs-server.ts';

let server: LogsServer;
let folder: string;
const now = Date.now();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'full-log-'));
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

async function run(script: LogsScript, over: object = {}, abort?: AbortController): Promise<Executed> {
  server = await logsServer(script);
  const fields = { log_type: 'Full', full_log_wait: 5, ...over };
  // A file is given up by the same clock, and the disk's time is real.
  const clock = 'log_file' in over ? {} : { clock: quickClock() };
  return executeTask(server.url, fields, { ...clock, ...(abort && { signal: abort.signal }) });
}

/** Events of one stream, from lines with the milliseconds at which they were written. */
function stream(name: string, lines: readonly (readonly [number, string])[]): StoredEvent[] {
  return lines.map(([at, message]) => ({ stream: name, timestamp: now + at, message: `${message}\n` }));
}

const start = (id: string) => `START RequestId: ${id} Version: 7`;
const end = (id: string) => `END RequestId: ${id}`;
const report = (id: string) =>
  `REPORT RequestId: ${id}\tDuration: 12.50 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB`;
const json = (value: object) => JSON.stringify(value);
const jsonStart = (id: string) => json({ time: 't', type: 'platform.start', record: { requestId: id, version: '7' } });
const jsonReport = (id: string) =>
  json({
    time: 't',
    type: 'platform.report',
    record: { requestId: id, status: 'success', metrics: { durationMs: 12.5 } },
  });
const jsonLine = (id: string, message: string) => json({ timestamp: 't', level: 'INFO', requestId: id, message });

const ours = 'request-1';
const textRun = [start(ours), 'a plain print', `T\t${ours}\tINFO\tby the runtime`, end(ours), report(ours)];
const at = (lines: readonly string[], ms = 0) => lines.map((line, index) => [ms + index, line] as const);
const lined = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');

interface Row {
  readonly events: readonly StoredEvent[];
  readonly expected: readonly string[];
  readonly script?: Partial<LogsScript>;
  readonly incomplete?: true;
}

const jsonLogs = { loggingConfig: { LogGroup: '/json', LogFormat: 'JSON' } };

const rows: Record<string, Row> = {
  'text, with prints that have no id': { events: stream('s', at(textRun)), expected: textRun },
  'neighbours in the same stream and millisecond': {
    events: stream('s', [
      ...[start('before'), 'print of before', end('before'), report('before')].map((line) => [0, line] as const),
      ...textRun.map((line) => [0, line] as const),
      ...[start('after'), `after quotes ${ours}`, report('after')].map((line) => [0, line] as const),
    ]),
    expected: textRun,
  },
  'other streams at the same time': {
    events: [
      ...stream('a', at([start('a'), 'print of a', `a speaks of ${ours}`, report('a')], -1)),
      ...stream('s', at(textRun)),
      ...stream('b', at([start('b'), 'print of b', report('b')], 1)),
    ],
    expected: textRun,
  },
  'another run that copies the log of this one': {
    events: [
      ...stream('a', at([start('a'), ...textRun.slice(0, 2), 'print of a', ...textRun.slice(2), report('a')], 20)),
      ...stream('s', at(textRun)),
    ],
    expected: textRun,
  },
  'a line that follows the report': {
    events: stream('s', [
      ...at([start(ours), end(ours), report(ours), `T ${ours} Task timed out after 3.00 seconds`]),
      ...at([start('next'), `next speaks of ${ours}`], 10),
    ]),
    expected: [start(ours), end(ours), report(ours), `T ${ours} Task timed out after 3.00 seconds`],
  },
  'pages, and empty ones between them': { events: stream('s', at(textRun)), expected: textRun, script: { page: 1 } },
  'the default group': { events: stream('s', at(textRun)), expected: textRun, script: { loggingConfig: null } },
  'a run that was cut off without a report': {
    events: stream('s', [...at([start(ours), 'half']), ...at([start('next'), `x ${ours}`, 'y', report('next')], 9)]),
    ...{ expected: [start(ours), 'half'], incomplete: true },
  },
  'JSON, with prints': {
    events: stream('s', [
      ...at([jsonStart('before'), jsonReport('before')], -5),
      ...at([jsonStart(ours), jsonLine(ours, 'hello'), 'print', '{"print":', jsonReport(ours)]),
      ...at([jsonStart('after'), 'print of after'], 4),
    ]),
    expected: [jsonStart(ours), jsonLine(ours, 'hello'), 'print', '{"print":', jsonReport(ours)],
    script: jsonLogs,
  },
  'several runs in one stream at once': {
    events: stream('s', [
      ...at([jsonStart('other'), jsonStart(ours), jsonLine('other', 'x'), jsonLine(ours, 'y'), jsonReport(ours)]),
      ...at([jsonLine('other', 'z'), jsonReport('other')], 5),
    ]),
    expected: [jsonStart(ours), jsonLine(ours, 'y'), jsonReport(ours)],
    script: { ...jsonLogs, capacityProvider: true },
  },
  'several runs in one stream at once, and a print that may be any of theirs': {
    events: stream('s', at([jsonStart(ours), jsonStart('other'), 'whose?', jsonReport(ours), jsonReport('other')])),
    ...{ expected: [jsonStart(ours), jsonReport(ours)], incomplete: true, script: jsonLogs },
  },
  'JSON whose system lines are hidden': {
    events: stream('s', at([jsonLine(ours, 'a'), 'print of whom?', jsonLine(ours, 'b'), jsonLine('other', 'c')])),
    ...{ expected: [jsonLine(ours, 'a'), jsonLine(ours, 'b')], incomplete: true, script: jsonLogs },
  },
};

describe('the log of one run', () => {
  test.each(Object.entries(rows))('%s', async (_name, { events, expected, script, incomplete }) => {
    const { output } = await run({ events: () => events, ...script }, incomplete && { full_log_wait: 1 });
    expect(output.result.log_result).toBe(lined(expected));
    expect(output).toMatchObject({
      ...{ exit_code: 0, changed: true, status_description: 'SUCCESS: AWS Lambda function invoked successfully' },
      result: { log_complete: incomplete === undefined, payload: '{"ok":true}', execution: 'completed' },
    });
    if (incomplete === undefined) expect(output.result.report.duration_ms).toBe(12.5);
  });

  test('is waited for', async () => {
    const script = { events: (reads: number) => stream('s', at(textRun.slice(0, reads))) };
    const { output } = await run(script, { full_log_wait: 30 });
    expect(output.result).toMatchObject({ log_result: lined(textRun), log_complete: true });
  });

  test('is read for a function that fails', async () => {
    const invoke = {
      headers: { 'x-amz-function-error': 'Unhandled' },
      body: '{"errorType":"Error","errorMessage":"no stock"}',
    };
    const { output } = await run({ events: () => stream('s', at(textRun)), invoke });
    expect(output).toMatchObject({
      ...{ exit_code: 1, status_description: 'FAIL: Unhandled: Error: no stock' },
      result: { log_result: lined(textRun), log_complete: true, function_error: 'Unhandled' },
    });
  });

  test('is read for an answer that broke off, and proves nothing', async () => {
    const { output } = await run({ events: () => stream('s', at(textRun)), invoke: { cut: true } });
    expect(output).toMatchObject({
      ...{ exit_code: 10, changed: false },
      result: { execution: 'unknown', status_code: null, log_result: lined(textRun), log_complete: true },
    });
  });

  test('is not looked for when nothing ran', async () => {
    const refuse = { Invoke: { status: 403, name: 'AccessDeniedException' } };
    const { output } = await run({ events: () => [], refuse });
    expect(output).toMatchObject({ exit_code: 3, result: { log_complete: null } });
    expect(server.calls).toEqual(['Invoke']);
  });
});

describe('what cannot be read is a warning', () => {
  const tail = Buffer.from('the last lines\n').toString('base64');
  test.each([
    ['GetFunctionConfiguration', 403, 'AccessDeniedException'],
    ['FilterLogEvents', 400, 'AccessDeniedException'],
    ['GetLogEvents', 400, 'AccessDeniedException'],
    ['FilterLogEvents', 400, 'InvalidParameterException'],
    ['FilterLogEvents', 400, 'ThrottlingException'],
    ['FilterLogEvents', 503, 'ServiceUnavailableException'],
    ['GetLogEvents', 400, 'ResourceNotFoundException'],
  ])('%s: %d %s', async (operation, status, name) => {
    const script = {
      events: () => stream('s', at(textRun)),
      invoke: { headers: { 'x-amz-log-result': tail } },
      refuse: { [operation]: { status, name } },
    };
    const { output, logged } = await run(script, { full_log_wait: 1, log_file: join(folder, 'log') });
    expect(output).toMatchObject({
      ...{ exit_code: 0, changed: true },
      result: { execution: 'completed', payload: '{"ok":true}', log_complete: false, log_result: 'the last lines\n' },
    });
    expect(logged.some((line) => line.startsWith('warn log_type: '))).toBe(true);
    const tries = server.calls.filter((call) => call === operation).length;
    if (name.startsWith('AccessDenied') || name.startsWith('Invalid')) expect(tries).toBe(1);
    else expect(tries).toBeGreaterThan(name === 'ResourceNotFoundException' ? 0 : 1);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a tail that is no base64 matters to nobody', async () => {
    const invoke = { headers: { 'x-amz-log-result': '!' } };
    const { output } = await run({ events: () => stream('s', at(textRun)), invoke });
    expect(output.status_description).toBe('SUCCESS: AWS Lambda function invoked successfully');
  });

  test('a cancel ends the reading and leaves the outcome', async () => {
    const abort = new AbortController();
    const events = (reads: number) => {
      if (reads > 0) abort.abort();
      return [];
    };
    const { output } = await run({ events }, { full_log_wait: 60 }, abort);
    expect(output).toMatchObject({ exit_code: 0, result: { execution: 'completed', log_complete: false } });
  });
});

describe('log_file', () => {
  const long = Array.from({ length: 3000 }, (_, index) => `${index} ${'x'.repeat(1000)}`);
  const lines = [start(ours), ...long, end(ours), report(ours)];

  test('takes the whole log, and the result its last 1 MB', async () => {
    const path = join(folder, 'log');
    const { output } = await run({ events: () => stream('s', at(lines)), page: 700 }, { log_file: path });
    expect(readFileSync(path, 'utf8')).toBe(lined(lines));
    const { log_result: text, log_complete: isComplete } = output.result;
    expect(isComplete).toBe(true);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(2 ** 20);
    expect(Buffer.byteLength(text)).toBeGreaterThan(2 ** 20 - 2000);
    expect(lined(lines).endsWith(`\n${text}`)).toBe(true);
  });

  test('is opened before anything is sent', async () => {
    const { output } = await run({ events: () => [] }, { log_file: join(folder, 'missing/log') });
    expect(output).toMatchObject({ exit_code: 20, result: { error: [{ field: 'log_file' }] } });
    expect(server.calls).toEqual([]);
  });

  test.each([
    ['without Full', { log_type: 'Tail', log_file: 'x' }, 'log_file'],
    ['the same as response_file', { log_file: 'x', response_file: 'x' }, 'log_file'],
    ['with Event', { invocation_type: 'Event' }, 'log_type'],
  ])('%s is refused', async (_name, over, field) => {
    const { output } = await run({ events: () => [] }, over);
    expect(output).toMatchObject({ exit_code: 20, result: { error: [{ field }] } });
  });
});

/** Runs tasks, some at a time. */
async function many(count: number, atOnce: number, one: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const index = next;
      next += 1;
      await one(index);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

test.each(['text', 'JSON'])(
  '500 runs of one group each get their own lines: %s',
  async (format) => {
    const isJson = format === 'JSON';
    const id = (index: number) => `id-${String(index).padStart(4, '0')}-${(index * 7919) % 1000}`;
    const linesOf = (index: number) =>
      isJson
        ? [jsonStart(id(index)), jsonLine(id(index), `of ${index}`), `print ${index}`, jsonReport(id(index))]
        : [start(id(index)), `print ${index}`, `T\t${id(index)}\tINFO\tof ${index}`, report(id(index))];
    // 25 environments, each with one run after the other; the streams interleave in time.
    const events = Array.from({ length: 500 }, (_, index) =>
      stream(`s${index % 25}`, at(linesOf(index), 3 * Math.floor(index / 25))),
    ).flat();
    const logs = isJson ? jsonLogs.loggingConfig : { LogGroup: '/text' };
    server = await logsServer({ requestId: id, loggingConfig: logs, events: () => events, page: 100 });
    const seen = new Set<string>();
    await many(500, 20, async () => {
      const fields = { log_type: 'Full', full_log_wait: 60 };
      const { output } = await executeTask(server.url, fields, { clock: quickClock() });
      const index = Number(/^id-(\d+)/.exec(output.result.request_id)?.[1]);
      expect([output.result.log_complete, output.result.log_result]).toEqual([true, lined(linesOf(index))]);
      seen.add(output.result.request_id);
    });
    expect(seen.size).toBe(500);
  },
  120_000,
);

test('20 tasks at once end with a quota of 5 reads a second', async () => {
  const id = (index: number) => `id-${index}`;
  const events = Array.from({ length: 20 }, (_, index) =>
    stream(`s${index}`, at([start(id(index)), report(id(index))])),
  );
  server = await logsServer({ requestId: id, events: () => events.flat(), quota: 5 });
  await many(20, 20, async () => {
    const { output } = await executeTask(server.url, { log_type: 'Full', full_log_wait: 60 });
    expect(output).toMatchObject({ exit_code: 0, result: { log_complete: true } });
  });
}, 120_000);
