import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openFile } from '../../extension/hosts/process/open-file.ts';
import type { OpenFile } from '../../extension/ports.ts';
import { executeTask } from '../support/execute.ts';
import { scriptedServer } from '../support/scripted-server.ts';
import { payloadChunk, type Step, type StreamServer, streamServer } from '../support/stream-server.ts';

let server: StreamServer;
let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'response-stream-'));
  path = join(folder, 'answer');
});
afterEach(async () => {
  await server?.close();
  rmSync(folder, { recursive: true });
});

const streamed = { response_mode: 'Streamed' };

const done = { complete: {} };
const [euro1, euro2] = [Buffer.from('"€"').subarray(0, 2), Buffer.from('"€"').subarray(2)];
const log = Buffer.from('START RequestId: 1\nREPORT RequestId: 1\tDuration: 5.00 ms\n').toString('base64');

/** A message with one byte changed. */
function damaged(at: number): Uint8Array {
  const message = Uint8Array.from(payloadChunk(Buffer.from('0123456789')));
  const index = at < 0 ? message.length + at : at;
  message[index] = (message[index] as number) ^ 1;
  return message;
}

const prelude = (length: number) => {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt32BE(length);
  return bytes;
};
const whole = payloadChunk(Buffer.from('never whole'));
/** The same message in pieces that the network could make of it. */
const inPieces = (sizes: number): Step[] => {
  const message = payloadChunk(Buffer.from('{"a":[1,2]}'));
  return Array.from({ length: Math.ceil(message.length / sizes) }, (_, index): Step[] => [
    { raw: message.subarray(index * sizes, (index + 1) * sizes) },
    { until: () => sleep(1) }, // so that the pieces are packets of their own
  ]).flat();
};

interface Row {
  readonly steps: readonly Step[];
  readonly exit: number;
  readonly execution: string;
  /** What the file holds; null when there must be none. */
  readonly payload: string | null;
  readonly says?: string;
  readonly over?: object;
  readonly result?: object;
}

const completed = { exit: 0, execution: 'completed' };
const unknown = { exit: 10, execution: 'unknown', payload: null };

const rows: Record<string, Row> = {
  'one part': { ...completed, steps: ['{"a":1}', done], payload: '{"a":1}' },
  'no part': { ...completed, steps: [done], payload: '' },
  'parts that cut a character': { ...completed, steps: [euro1, euro2, done], payload: '"€"' },
  'an empty part': { ...completed, steps: ['1', '', '2', done], payload: '12' },
  'an event of a kind to come': { ...completed, steps: ['1', { event: 'Later', body: 'x' }, done], payload: '1' },
  'a message in pieces of one byte': { ...completed, steps: [...inPieces(1), done], payload: '{"a":[1,2]}' },
  'a message in pieces of 13 bytes': { ...completed, steps: [...inPieces(13), done], payload: '{"a":[1,2]}' },
  'a log': {
    ...{ ...completed, steps: ['1', { complete: { LogResult: log } }], payload: '1', over: { log_type: 'Tail' } },
    result: {
      log_result: Buffer.from(log, 'base64').toString(),
      report: { duration_ms: 5 },
      executed_version: '$LATEST',
    },
  },
  'what comes after InvokeComplete is not read': {
    ...completed,
    steps: ['1', done, { raw: damaged(9) }],
    payload: '1',
  },
  'a connection that stays open after InvokeComplete': { ...completed, steps: ['1', done, 'hang'], payload: '1' },
  'an error in the function after some parts': {
    ...{ exit: 1, execution: 'completed', payload: 'part' },
    steps: [
      'part',
      {
        complete: {
          ErrorCode: 'Unhandled',
          ErrorDetails: '{"errorType":"Error","errorMessage":"no stock","trace":[]}',
        },
      },
    ],
    says: 'FAIL: Unhandled: Error: no stock',
    result: { function_error: 'Unhandled' },
  },
  'an error in the function that is text': {
    ...{ exit: 1, execution: 'completed', payload: '' },
    steps: [{ complete: { ErrorCode: 'Unhandled', ErrorDetails: 'Runtime exited' } }],
    says: 'FAIL: Unhandled: Runtime exited',
  },
  'an error in the function that is to be borne': {
    ...{ ...completed, payload: '1', over: { fail_on_function_error: false } },
    steps: ['1', { complete: { ErrorCode: 'Unhandled', ErrorDetails: 'x' } }],
    result: { function_error: 'Unhandled' },
  },
  'no InvokeComplete': { ...unknown, steps: ['{"a":1}', 'end'], says: 'the stream ended without InvokeComplete' },
  'nothing at all': { ...unknown, steps: ['end'], says: 'the stream ended without InvokeComplete' },
  'a cut message': { ...unknown, steps: ['1', { raw: whole.subarray(0, 30) }, 'end'], says: 'ended within a message' },
  'a cut prelude': { ...unknown, steps: ['1', { raw: whole.subarray(0, 5) }, 'end'], says: 'ended within a message' },
  'a broken connection': { ...unknown, steps: ['1', { until: () => sleep(20) }, 'reset'] },
  'a damaged payload': {
    ...unknown,
    steps: ['1', { raw: damaged(-6) }, done],
    says: 'a message of the stream is damaged',
  },
  'a damaged checksum': {
    ...unknown,
    steps: ['1', { raw: damaged(-1) }, done],
    says: 'a message of the stream is damaged',
  },
  'damaged headers': {
    ...unknown,
    steps: ['1', { raw: damaged(20) }, done],
    says: 'a message of the stream is damaged',
  },
  'a damaged length': { ...unknown, steps: ['1', { raw: damaged(3) }, done], says: 'the length of a message' },
  'a length of 4 GB': { ...unknown, steps: [{ raw: prelude(0xffffffff) }, 'hang'], says: 'the length of a message' },
  'a message without a type': {
    ...unknown,
    steps: [{ event: 'x', type: 'odd' }, 'hang'],
    says: 'no type that is known',
  },
  'an InvokeComplete that is no JSON': {
    ...unknown,
    steps: [{ event: 'InvokeComplete', body: '{' }, 'hang'],
    says: 'JSON',
  },
  'an exception': {
    ...{ ...unknown, says: 'AWS Lambda ended the stream with ServiceException: try later' },
    steps: [
      '1',
      {
        event: '',
        type: 'exception',
        headers: { ':exception-type': 'ServiceException' },
        body: '{"message":"try later"}',
      },
    ],
  },
  'an exception that takes the name of another failure': {
    ...{ ...unknown, says: 'CredentialsProviderError' },
    steps: [{ event: '', type: 'exception', headers: { ':exception-type': 'CredentialsProviderError' } }],
  },
  'an error': {
    ...{ ...unknown, says: 'AWS Lambda ended the stream with InternalError: gone' },
    steps: ['1', { event: '', type: 'error', headers: { ':error-code': 'InternalError', ':error-message': 'gone' } }],
  },
  'a silence that is too long': {
    ...{ ...unknown, exit: 21, over: { wait_for_completion_timeout: 1 } },
    steps: ['1', 'hang'],
  },
};

describe.each(['to a file', 'in memory'])('%s:', (where) => {
  test.each(Object.entries(rows))('%s', async (_name, { steps, exit, execution, payload, says, over, result }) => {
    server = await streamServer(steps);
    const fields = { ...streamed, ...(where === 'to a file' && { response_file: path }), ...over };
    const { output } = await executeTask(server.url, fields);
    expect(output).toMatchObject({ exit_code: exit, changed: execution === 'completed', result: { execution } });
    if (says !== undefined) expect(output.status_description).toContain(says);
    if (result !== undefined) expect(output.result).toMatchObject(result);
    expect(output.result.request_id).toBe('request-1');
    if (where === 'in memory') expect(output.result.payload).toBe(payload || null);
    else if (payload === null) expect(readdirSync(folder)).toEqual([]);
    else {
      expect(readdirSync(folder)).toEqual(['answer']);
      expect(readFileSync(path, 'utf8')).toBe(payload);
      expect(output.result.payload_saved.bytes).toBe(Buffer.byteLength(payload));
    }
    expect(server.received).toHaveLength(1);
    expect(server.received[0]?.path).toBe('/2021-11-15/functions/hello/response-streaming-invocations');
  });
});

test('the wait is for the next byte: a stream may take longer than wait_for_completion_timeout', async () => {
  const slowly = ['1', '2', '3', '4'].flatMap((part): Step[] => [part, { until: () => sleep(600) }]);
  server = await streamServer([...slowly, done]);
  const { output } = await executeTask(server.url, { ...streamed, wait_for_completion_timeout: 1 });
  expect(output).toMatchObject({ exit_code: 0, result: { payload: '1234' } });
});

describe('a slow disk', () => {
  /** A file that takes nothing until it is told to. */
  function heldFile() {
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    let writes = 0;
    const open: OpenFile = async (name) => {
      const writer = await openFile(name);
      return {
        ...writer,
        async write(chunk) {
          writes += 1;
          await released;
          await writer.write(chunk);
        },
      };
    };
    return { open, release: () => release(), writes: () => writes };
  }

  test('slows the server down, and takes nothing from its time', async () => {
    const total = 64 * 2 ** 20;
    server = await streamServer([{ bytesOf: total, chunk: 2 ** 16 }, done]);
    const file = heldFile();
    const fields = { ...streamed, response_file: path, wait_for_completion_timeout: 1 };
    const running = executeTask(server.url, fields, { openFile: file.open });
    while (file.writes() === 0) await sleep(5);
    for (let before = -1; before !== server.sent(); await sleep(600)) before = server.sent(); // it has come to a stop
    expect(server.sent()).toBeLessThan(total / 2);
    file.release();
    const { output } = await running;
    expect(output).toMatchObject({ exit_code: 0, result: { payload_saved: { bytes: total } } });
  });

  test('that fails in the middle does not keep the task from learning how the function ended', async () => {
    server = await streamServer(['1', '2', { complete: { ErrorCode: 'Unhandled', ErrorDetails: 'boom' } }]);
    const full: OpenFile = async (name) => ({
      ...(await openFile(name)),
      write: () => Promise.reject(Object.assign(new Error(), { code: 'ENOSPC' })),
    });
    const { output } = await executeTask(server.url, { ...streamed, response_file: path }, { openFile: full });
    expect(output).toMatchObject({
      ...{ exit_code: 1, status_description: 'FAIL: Unhandled: boom' },
      result: { execution: 'completed', payload: '12', function_error: 'Unhandled' },
    });
    expect(output.result.error.map(({ name }: { name: string }) => name)).toEqual(['Unhandled', 'FileError']);
    expect(readdirSync(folder)).toEqual([]);
  });
});

test('a cancel in mid-stream leaves it unknown and no file', async () => {
  const abort = new AbortController();
  server = await streamServer(['1', 'hang']);
  const parts: string[] = [];
  const { output } = await executeTask(
    server.url,
    { ...streamed, response_file: path },
    {
      signal: abort.signal,
      onPart(bytes) {
        parts.push(Buffer.from(bytes).toString());
        abort.abort();
      },
    },
  );
  expect(output).toMatchObject({ exit_code: 22, result: { execution: 'unknown' } });
  expect([parts, readdirSync(folder)]).toEqual([['1'], []]);
});

describe('without response_file', () => {
  test.each<[number, object]>([
    [6_291_556, { exit_code: 0, result: { execution: 'completed' } }],
    [6_291_557, { exit_code: 1, changed: true, result: { execution: 'completed', payload: null } }],
  ])('%d bytes', async (bytes, expected) => {
    server = await streamServer([{ bytesOf: bytes - 100, chunk: bytes - 100 }, 'x'.repeat(100), done]);
    const { output } = await executeTask(server.url, streamed);
    expect(output).toMatchObject(expected);
    if (bytes > 6_291_556) expect(output.status_description).toContain('response_file');
    else expect(output.result.payload).toHaveLength(bytes);
  });

  test('a long answer that breaks off is unknown', async () => {
    server = await streamServer([{ bytesOf: 2 ** 23, chunk: 2 ** 16 }, 'end']);
    const { output } = await executeTask(server.url, streamed);
    expect(output).toMatchObject({ exit_code: 10, changed: false, result: { execution: 'unknown', payload: null } });
  });
});

test('an endless stream is left after 256 MB', async () => {
  server = await streamServer([{ bytesOf: 2 ** 30, chunk: 2 ** 20 }, done]);
  const { output } = await executeTask(server.url, streamed);
  expect(output).toMatchObject({ exit_code: 10, result: { execution: 'unknown' } });
  expect(output.status_description).toContain('longer than any of AWS Lambda');
});

describe('what another server could have sent is unknown', () => {
  test.each([
    ['JSON', { 'content-type': 'application/json' }],
    ['no request id', { 'x-amzn-requestid': '' }],
  ])('%s', async (_name, headers) => {
    const other = await scriptedServer({
      ...{ headers: { 'content-type': 'application/vnd.amazon.eventstream', ...headers }, body: '{}' },
    });
    const { output } = await executeTask(other.url, streamed);
    await other.close();
    expect(output).toMatchObject({ exit_code: 10, result: { execution: 'unknown' } });
  });
});

test.each([
  ['a refusal', { status: 404, headers: { 'x-amzn-errortype': 'ResourceNotFoundException' } }, {}, 1, 'not_started'],
  ['a Dry Run', { status: 204 }, { invocation_type: 'Dry Run' }, 0, 'not_started'],
])('%s', async (_name, script, over, exit, execution) => {
  const other = await scriptedServer({ body: '', ...script });
  const { output } = await executeTask(other.url, { ...streamed, ...over });
  await other.close();
  expect(output).toMatchObject({ exit_code: exit, result: { execution } });
});

test.each([
  ['Event', { invocation_type: 'Event' }],
  ['a durable execution', { durable_execution_name: 'a' }],
])('Streamed is refused with %s', async (_name, over) => {
  const { output } = await executeTask('http://127.0.0.1:1', { ...streamed, ...over });
  expect(output).toMatchObject({ exit_code: 20, result: { error: [{ field: 'response_mode' }] } });
});
