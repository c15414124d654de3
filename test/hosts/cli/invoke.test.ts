import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { runProgram } from '../../support/run-program.ts';
import { type ScriptedServer, scriptedServer } from '../../support/scripted-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'ue-aws-lambda-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

const answer = '{"order":{"id":"A-17","total":12345678901234567890}}';
let server: ScriptedServer;
let env: NodeJS.ProcessEnv;
beforeEach(async () => {
  await serve({ body: answer });
});
afterEach(() => server.close());

async function serve(options: Parameters<typeof scriptedServer>[0]): Promise<void> {
  server = await scriptedServer(options);
  env = { AWS_ENDPOINT_URL: server.url, AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'A', AWS_SECRET_ACCESS_KEY: 'B' };
}

const invoke = (words: readonly string[], input = '') => runProgram(['invoke', 'hello', ...words], { env, input });
const sent = () => server.received.map(({ body }) => body.toString());

describe('the payload', () => {
  const path = join(folder, 'payload.json');
  writeFileSync(path, '{ "n": 9007199254740993 }\n');

  test.each([
    ['a value', ['--payload', '{"id":1}'], '', '{"id":1}'],
    ['@FILE, byte for byte', ['--payload', `@${path}`], '', '{ "n": 9007199254740993 }\n'],
    ['file://FILE', ['--payload', `file://${path}`], '', '{ "n": 9007199254740993 }\n'],
    ['--payload-file', ['--payload-file', path], '', '{ "n": 9007199254740993 }\n'],
    ['- for standard input', ['--payload', '-'], '[1, 2]', '[1, 2]'],
    ['what is piped in', [], '{"piped":true}', '{"piped":true}'],
    [
      'pairs',
      ['--data', 'id=7', '--data', 'n:=9007199254740993', '--data', 'a=b=c'],
      '',
      '{"id":"7","n":9007199254740993,"a":"b=c"}',
    ],
    ['nothing', [], '', ''],
  ])('from %s', async (_name, words, input, expected) => {
    expect((await invoke(words, input)).code).toBe(0);
    expect(sent()).toEqual([expected]);
  });

  test('beside something piped in is said not to be read', async () => {
    expect((await invoke(['--payload', '1'], '{"piped":true}')).stderr).toContain('Standard input is not read');
    expect(sent()).toEqual(['1']);
  });

  test('that is piped in and no JSON is refused, and nothing is sent', async () => {
    const { code, stderr } = await invoke([], 'id=1');
    expect([code, sent()]).toEqual([20, []]);
    expect(stderr).toContain('the payload on standard input must be valid JSON');
  });
});

describe('the answer', () => {
  test.each([
    ['verbatim on a pipe', [], `${answer}\n`],
    ['byte for byte', ['--output', 'raw'], answer],
    ['one value as JSON', ['--query', 'order.id'], '"A-17"\n'],
    ['one value as text', ['--query', 'order.id', '--output', 'raw'], 'A-17\n'],
    ['nothing that is found', ['--query', 'order.name'], 'null\n'],
    ['a value of the extension output', ['--query', 'result.execution', '--output', 'json'], '"completed"\n'],
  ])('%s', async (_name, words, expected) => {
    expect(await invoke(words)).toMatchObject({ code: 0, stdout: expected });
  });

  test('stays whole when a query fails after the function has run', async () => {
    const { code, stdout, stderr } = await invoke(['--query', 'abs(order.id)']);
    expect([code, stdout]).toEqual([1, `${answer}\n`]);
    expect(stderr).toContain('--query failed, so the whole answer is printed');
  });

  test('is all there is with --quiet', async () => {
    expect(await invoke(['--quiet', '--tail'])).toEqual({ code: 0, stdout: `${answer}\n`, stderr: '' });
  });
});

describe('one line says whether the function ran and whether to call again', () => {
  test.each([
    [{ body: '{}' }, [], 0, 'The function ran to its end; calling again runs it again.'],
    [
      { body: '{}', headers: { 'x-amz-function-error': 'Unhandled' } },
      [],
      1,
      'The function ran and failed; call again only if',
    ],
    [{ status: 202, body: '' }, ['--event'], 0, 'do not call again, it would run twice.'],
    [
      { status: 404, body: '{"Message":"no"}', headers: { 'x-amzn-errortype': 'ResourceNotFoundException' } },
      [],
      1,
      'The function did not run; it is safe to call again.',
    ],
    [{ fault: 'hang' }, ['--timeout', '1'], 21, 'The function may have run or may still run; look into its log'],
  ] as const)('%j', async (options, words, exit, line) => {
    await server.close();
    await serve(options as Parameters<typeof scriptedServer>[0]);
    const { code, stderr } = await invoke(words);
    expect(code).toBe(exit);
    expect(stderr).toContain(line);
    expect(stderr.match(/ResourceNotFoundException/g) ?? []).toHaveLength(
      'status' in options && options.status === 404 ? 1 : 0,
    );
  });
});
