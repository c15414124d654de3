import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { cleanEnvironment, program, root, runProgram } from '../../support/run-program.ts';
import { assertValid } from '../../support/schemas.ts';
import { type ScriptedServer, scriptedServer } from '../../support/scripted-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'ue-aws-lambda-'));
afterAll(() => rmSync(folder, { recursive: true }));

let server: ScriptedServer;
beforeEach(async () => {
  server = await scriptedServer({ body: '{"answer":42}' });
});
afterEach(() => server.close());

const fields = (over: object = {}) =>
  JSON.stringify({
    function_name: 'hello',
    region: 'us-east-1',
    endpoint_url: server.url,
    credentials: { user: 'AKIDEXAMPLE', password: 'EXAMPLE-SECRET-KEY' },
    ...over,
  });

describe('standard output', () => {
  test('holds one document and nothing else, the log goes to standard error', async () => {
    const { code, stdout, stderr } = await runProgram(['run'], { input: fields() });
    expect(code).toBe(0);
    assertValid('extension-output', JSON.parse(stdout));
    expect(stderr.split('\n').filter((line) => line !== '' && !/^\d{4}-.*Z (INFO|WARN|ERROR) /.test(line))).toEqual([]);
    expect(stderr).toContain('Invoke hello (RequestResponse): sending the request');
  });

  test('is whole when the answer has 6 MB', async () => {
    const big = await scriptedServer({ bodyOf: 6 * 2 ** 20 });
    const { code, stdout } = await runProgram(['run'], { input: fields({ endpoint_url: big.url }) });
    await big.close();
    expect(code).toBe(0);
    expect(JSON.parse(stdout).result.payload).toHaveLength(6 * 2 ** 20);
  });

  test.each([
    ['of a reader that goes away at once', 0],
    ['of a failure that goes unread', 1],
  ])('the exit code %s is the task’s', async (_name, exit) => {
    const big = await scriptedServer({
      bodyOf: 6 * 2 ** 20,
      headers: exit ? { 'x-amz-function-error': 'Unhandled' } : {},
    });
    const [command, ...first] = program();
    const child = spawn(command, [...first, 'run'], { env: cleanEnvironment() });
    child.stdin.end(fields({ endpoint_url: big.url }));
    child.stdout.once('data', () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.on('close', resolve));
    await big.close();
    expect(code).toBe(exit);
  });
});

describe('--fields', () => {
  test('reads a file, also with a byte order mark', async () => {
    const path = join(folder, 'fields.json');
    writeFileSync(path, `\uFEFF${fields()}`);
    expect((await runProgram(['run', '--fields', path])).code).toBe(0);
  });

  test('that cannot be read is a validation error', async () => {
    const { code, stdout } = await runProgram(['run', '--fields', '/nonexistent/fields.json']);
    expect(code).toBe(20);
    expect(JSON.parse(stdout).result.error[0].message).toBe(
      'the fields file cannot be read (ENOENT); check the path and its permissions: /nonexistent/fields.json',
    );
  });
});

describe('--output', () => {
  test('holds the document of standard output, readable for its owner alone', async () => {
    const path = join(folder, 'output.json');
    const { code, stdout } = await runProgram(['run', '--output', path], { input: fields() });
    expect(code).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe(stdout);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('replaces an older document, and is as open as that was', async () => {
    const path = join(folder, 'older.json');
    writeFileSync(path, 'an older output');
    chmodSync(path, 0o640);
    const { stdout } = await runProgram(['run', '--output', path], { input: fields() });
    expect(readFileSync(path, 'utf8')).toBe(stdout);
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  test.each(['/dev/stdout', '/dev/fd/1', '/proc/self/fd/1'])(
    '%s is standard output, which gets one document',
    async (path) => {
      const { code, stdout } = await runProgram(['run', '--output', path], { input: fields() });
      expect(code).toBe(0);
      expect(JSON.parse(stdout).exit_code).toBe(0);
    },
  );

  test('is written for a failure too', async () => {
    const path = join(folder, 'failure.json');
    const { code } = await runProgram(['run', '--output', path], { input: 'no JSON' });
    expect(code).toBe(20);
    expect(JSON.parse(readFileSync(path, 'utf8')).exit_code).toBe(20);
  });

  test.each([
    ['in a folder that is not there', '/nonexistent/output.json', 'ENOENT'],
    ['that is a folder', root, 'EISDIR'],
  ])('%s is found out before anything is sent', async (_name, path, code) => {
    const run = await runProgram(['run', '--output', path], { input: fields() });
    expect(run.code).toBe(20);
    expect(JSON.parse(run.stdout).result.error[0].message).toContain(`the output file cannot be written (${code})`);
    expect(server.received).toHaveLength(0);
  });

  test('may be a device', async () => {
    expect((await runProgram(['run', '--output', '/dev/null'], { input: fields() })).code).toBe(0);
  });

  test('that turns out to be full fails the task and still says that the function ran', async () => {
    const run = await runProgram(['run', '--output', '/dev/full'], { input: fields() });
    const output = JSON.parse(run.stdout);
    expect(run.code).toBe(1);
    expect(output).toMatchObject({
      exit_code: 1,
      changed: true,
      result: { execution: 'completed', payload_json: { answer: 42 } },
    });
    expect(output.status_description).toContain('ENOSPC');
  });

  test('that turns out to be full leaves a failure its own exit code', async () => {
    const run = await runProgram(['run', '--output', '/dev/full'], { input: fields({ function_name: null }) });
    expect(run.code).toBe(20);
    expect(JSON.parse(run.stdout).result.error).toContainEqual(expect.objectContaining({ name: 'OutputFileError' }));
  });

  test('sweeps up what a killed run left', async () => {
    const path = join(folder, 'swept.json');
    writeFileSync(join(folder, '.swept.json.999999999.tmp'), 'torn');
    await runProgram(['run', '--output', path], { input: fields() });
    expect(readdirSync(folder).filter((name) => name.includes('swept'))).toEqual(['swept.json']);
  });
});

describe('the command line', () => {
  test.each([
    [['run', '--feilds', 'x'], /--feilds/],
    [['run', 'fields.json'], /fields\.json/],
    [['run', '--log-level', 'loud'], /--log-level must be one of error, warn, info, debug/],
  ])('%j is refused with a document and exit 20', async (words, message) => {
    const { code, stdout, stderr } = await runProgram(words);
    expect(code).toBe(20);
    assertValid('extension-output', JSON.parse(stdout));
    expect(JSON.parse(stdout).result.error[0].message).toMatch(message);
    expect(stderr).toMatch(message);
  });

  test.each([
    [[], /no command given/],
    [['inovke'], /no such command: inovke/],
    [['invoke'], /invoke needs the name of one function/],
    [['invoke', 'a', 'b'], /invoke needs the name of one function/],
    [['list', '--colour'], /^ue-aws-lambda: Unknown option '--colour'\nSee ue-aws-lambda list --help\n$/],
    [['invoke', 'hello', '--qualifer', '7'], /Unknown option '--qualifer'; did you mean --qualifier\?/],
    [['local'], /local needs the folder/],
    // The one command that another build of the program does not have.
    [['local', '/nonexistent'], process.env.PROGRAM ? /local needs Node/ : /\/nonexistent/],
    [['local', 'examples/functions', '--port', 'x'], /--port must be a number/],
  ])('%j is refused on standard error', async (words, message) => {
    const { code, stdout, stderr } = await runProgram(words);
    expect([code, stdout]).toEqual([20, '']);
    expect(stderr).toMatch(message);
  });

  test('--help names every command and every exit code', async () => {
    const { code, stdout } = await runProgram(['--help']);
    expect(code).toBe(0);
    for (const word of ['run', 'invoke', 'list', 'test', 'local', 'CANCELLED']) expect(stdout).toContain(word);
  });

  test.each(['--help', '-h'])('run %s prints how to use it and reads nothing', async (flag) => {
    const { code, stdout, stderr } = await runProgram(['run', flag, '--fields', '/nonexistent']);
    expect([code, stderr]).toEqual([0, '']);
    for (const word of ['--fields FILE', '--output FILE', '--log-level LEVEL', 'SIGTERM'])
      expect(stdout).toContain(word);
  });

  test('--version is the package’s', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect((await runProgram(['--version'])).stdout).toBe(`${version}\n`);
  });

  test('invoke prints the payload on standard output and the verdict on standard error', async () => {
    const env = {
      AWS_ENDPOINT_URL: server.url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'A',
      AWS_SECRET_ACCESS_KEY: 'B',
    };
    const { code, stdout, stderr } = await runProgram(['invoke', 'hello:7', '--payload', '{"a":1}', '--log'], { env });
    expect([code, stdout]).toEqual([0, '{"answer":42}\n']);
    expect(stderr).toContain('SUCCESS: AWS Lambda function invoked successfully');
    expect(server.received[0]).toMatchObject({ path: '/2015-03-31/functions/hello/invocations?Qualifier=7' });
    expect(server.received[0]?.body.toString()).toBe('{"a":1}');
    expect(server.received[0]?.headers['x-amz-log-type']).toBe('Tail');
  });
});

test('a large fields document with a JSON value is sent unchanged', async () => {
  const path = join(folder, 'large.json');
  const value = `{"text": "${'x'.repeat(5 * 2 ** 20)}", "n": 9007199254740993}`;
  writeFileSync(
    path,
    fields({ payload_source: 'Script', payload_script: 0 }).replace('"payload_script":0', `"payload_script": ${value}`),
  );
  const { code } = await runProgram(['run', '--fields', path]);
  expect(code).toBe(0);
  expect(server.received[0]?.body.equals(Buffer.from(value))).toBe(true);
});
