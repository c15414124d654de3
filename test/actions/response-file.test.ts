import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openFile } from '../../extension/hosts/process/open-file.ts';
import type { OpenFile } from '../../extension/ports.ts';
import { executeTask } from '../support/execute.ts';
import { runProgram } from '../support/run-program.ts';
import { type Script, type ScriptedServer, scriptedServer } from '../support/scripted-server.ts';

let server: ScriptedServer;
let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'response-file-'));
  path = join(folder, 'answer.json');
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

async function run(script: Script, over: object = {}, file: OpenFile = openFile) {
  server = await scriptedServer(script);
  return executeTask(server.url, { response_file: path, ...over }, { openFile: file });
}

const failing = { headers: { 'x-amz-function-error': 'Unhandled' } };
const errorObject = (trace: number) =>
  JSON.stringify({ errorType: 'Order"Error', errorMessage: 'no such\norder', trace: Array(trace).fill('at line') });

interface Expected {
  readonly json: boolean;
  readonly exit?: number;
  readonly description?: string;
}

const answers: readonly [string, Script, Expected][] = [
  ['JSON', { body: '{"order":9007199254740993}' }, { json: true }],
  ['text that is no JSON', { body: 'plain' }, { json: false }],
  ['bytes that are no text', { bodyBase64: '/9j/4AAQ' }, { json: false }],
  ['nothing', { body: '' }, { json: false }],
  ['the most that AWS Lambda sends', { bodyOf: 6_291_556 }, { json: true }],
  [
    'an error object',
    { ...failing, body: errorObject(1) },
    { json: true, exit: 1, description: 'FAIL: Unhandled: Order"Error: no such order' },
  ],
  [
    'an error object of more than 64 KB',
    { ...failing, body: errorObject(20_000) },
    { json: true, exit: 1, description: 'FAIL: Unhandled: Order"Error: no such order' },
  ],
];

describe('the file holds the answer byte for byte', () => {
  test.each(answers)('%s', async (_name, script, { json, exit = 0, description }) => {
    const { output } = await run(script);
    const bytes = readFileSync(path);
    const expected = script.bodyOf === undefined ? bytes : Buffer.from(`"${'x'.repeat(script.bodyOf - 2)}"`);
    if (script.body !== undefined) expect(bytes.toString()).toBe(script.body);
    if (script.bodyBase64 !== undefined) expect(bytes.toString('base64')).toBe(script.bodyBase64);
    expect(bytes.equals(expected)).toBe(true);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(output).toMatchObject({
      ...{ exit_code: exit, changed: true },
      result: {
        ...{ execution: 'completed', payload: null, payload_json: null },
        payload_saved: { path, bytes: bytes.length, sha256, json },
      },
    });
    if (description !== undefined) expect(output.status_description).toBe(description);
    expect(readdirSync(folder)).toEqual(['answer.json']);
  });
});

describe('nothing is sent when the file cannot be written', () => {
  test.each<[string, string, RegExp]>([
    ['no such folder', 'missing/answer.json', /^cannot be written \(ENOENT\)/],
    ['a folder', '.', /^cannot be written \(EISDIR\)/],
    ['a file as a folder', 'file/answer.json', /^cannot be written \(ENOTDIR\)/],
  ])('%s', async (_name, below, message) => {
    writeFileSync(join(folder, 'file'), '');
    const { output } = await run({ body: '{}' }, { response_file: join(folder, below) });
    expect(output).toMatchObject({ exit_code: 20, result: { execution: 'not_started', attempts: 0 } });
    expect(output.result.error).toEqual([
      { name: 'ValidationError', field: 'response_file', message: expect.stringMatching(message) },
    ]);
    expect(server.received).toHaveLength(0);
  });

  test('Event has no answer', async () => {
    const { output } = await run({ body: '{}' }, { invocation_type: 'Event' });
    expect(output.result.error).toMatchObject([{ field: 'response_file' }]);
    expect(server.received).toHaveLength(0);
  });
});

describe('what was there stays, and nothing is left beside it, when', () => {
  test.each<[string, Script, object, number]>([
    ['the answer breaks off', { body: '{"a":"bc"}', fault: 'half body' }, {}, 10],
    ['AWS refuses', { status: 403, headers: { 'x-amzn-errortype': 'AccessDeniedException' }, body: '{}' }, {}, 3],
    ['no answer comes', { fault: 'hang' }, { wait_for_completion_timeout: 1 }, 21],
    ['the answer is larger than AWS Lambda sends', { bodyOf: 6_291_557 }, {}, 1],
    ['it is a Dry Run', { status: 204 }, { invocation_type: 'Dry Run' }, 0],
  ])('%s', async (_name, script, over, exit) => {
    writeFileSync(path, 'before');
    const { output } = await run(script, over);
    expect(output).toMatchObject({ exit_code: exit, result: { payload_saved: null } });
    expect(readFileSync(path, 'utf8')).toBe('before');
    expect(readdirSync(folder)).toEqual(['answer.json']);
  });
});

test.each(['write', 'commit'] as const)('a disk that fails at %s loses no answer and no knowledge', async (step) => {
  const full: OpenFile = async (name) => {
    const writer = await openFile(name);
    return { ...writer, [step]: () => Promise.reject(Object.assign(new Error(), { code: 'ENOSPC' })) };
  };
  const { output } = await run({ body: '{"a":1}' }, {}, full);
  expect(output).toMatchObject({
    ...{ exit_code: 1, changed: true },
    result: { execution: 'completed', payload: '{"a":1}', payload_json: { a: 1 }, payload_saved: null },
  });
  expect(output.result.error).toMatchObject([{ name: 'FileError', field: 'response_file' }]);
  expect(output.status_description).toMatch(/^FAIL: response_file cannot be written \(ENOSPC\)/);
  expect(readdirSync(folder)).toEqual([]);
});

test('the program writes it too', async () => {
  server = await scriptedServer({ body: '[1]' });
  mkdirSync(join(folder, 'out'));
  const fields = {
    ...{ function_name: 'hello', region: 'us-east-1', endpoint_url: server.url },
    ...{ credentials: { user: 'AKIDEXAMPLE', password: 'EXAMPLE-SECRET-KEY' }, response_file: join(folder, 'out/a') },
  };
  const { code, stdout } = await runProgram(['run'], { input: JSON.stringify(fields) });
  expect([code, JSON.parse(stdout).result.payload_saved.bytes]).toEqual([0, 3]);
  expect(readdirSync(join(folder, 'out'))).toEqual(['a']);
  expect(readFileSync(join(folder, 'out/a'), 'utf8')).toBe('[1]');
});

test.each(['response_file', 'log_file'])(
  'run --check finds a %s that cannot be written, and leaves nothing',
  async (field) => {
    server = await scriptedServer({});
    const base = { function_name: 'hello', region: 'us-east-1', log_type: 'Full' };
    const check = async (file: string) => {
      const { code, stdout } = await runProgram(['run', '--check'], {
        input: JSON.stringify({ ...base, [field]: file }),
      });
      return [code, JSON.parse(stdout).result.error?.[0].field];
    };
    expect(await check(join(folder, 'missing/a'))).toEqual([20, field]);
    expect(await check(path)).toEqual([0, undefined]);
    expect(readdirSync(folder)).toEqual([]);
  },
);
