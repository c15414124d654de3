import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { unzipSync } from 'fflate';
import { parse } from 'yaml';
import { startLocal } from '../../support/local-program.ts';
import { findPythons } from './support/pythons.ts';

/**
 * extension.py under every Python of this machine, imported from the package as an agent does, against a stand-in of
 * the agent's base classes and a stand-in for the program that tells what it was given.
 */
interface Result {
  readonly rc: number;
  readonly message: string;
  readonly output_fields: Record<string, unknown> | null;
  readonly unv_output: string;
  readonly values: string[] | null;
  readonly archive: boolean;
}

interface Job {
  readonly fields?: Record<string, unknown>;
  readonly extension?: string;
  readonly choice?: string;
  readonly level?: string;
  readonly cancel?: string;
}

interface Ended {
  readonly result: Result;
  readonly stdout: string;
  readonly stderr: string;
}

const root = fileURLToPath(new URL('../../..', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'universal-agent-'));
const home = join(work, 'home');
mkdirSync(home);
afterAll(() => rmSync(work, { recursive: true, force: true }));

const executable = 'ue-aws-lambda-linux-x64';
const standIn = readFileSync(join(root, 'test/hosts/universal-agent/support/stand-in/main.cjs'), 'utf8');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
const packageFile = makePackage(join(root, 'test/hosts/universal-agent/support/stand-in'), join(work, 'stand-in'));
const archive = join(work, 'stand-in', 'extension_archive.zip');
const folder = join(work, 'stand-in', 'unpacked');
unpack(packageFile, dirname(archive));
unpack(archive, folder);

/** This Node under the guise of another version. */
const oldNode = join(work, 'node-too-old');
const guise = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.4' } });";
writeFileSync(join(work, 'guise.cjs'), guise);
writeFileSync(oldNode, `#!/bin/sh\nexec '${process.execPath}' --require '${join(work, 'guise.cjs')}' "$@"\n`);
chmodSync(oldNode, 0o755);

function makePackage(program: string, out: string, suffix = ''): string {
  execFileSync(process.execPath, [join(root, 'build/package/package.mjs'), '--program', program, '--out', out]);
  return join(out, `unv_tmplt_AWS_Lambda-${version}${suffix}.zip`);
}

function unpack(file: string, into: string): void {
  for (const [path, bytes] of Object.entries(unzipSync(readFileSync(file)))) {
    mkdirSync(dirname(join(into, path)), { recursive: true });
    writeFileSync(join(into, path), bytes);
  }
}

/** The folder that the program was unpacked into. */
function cacheOf(userHome: string): string {
  const [own] = readdirSync(join(userHome, '.cache'));
  const [digest] = readdirSync(join(userHome, '.cache', own as string));
  return join(userHome, '.cache', own as string, digest as string);
}

function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

function manifestOf(extension: string) {
  return JSON.parse(readFileSync(join(extension, 'program/program.json'), 'utf8'));
}

let count = 0;

/** Starts one task of the stand-in agent; `env` is added to a plain environment. */
function start(python: string, job: Job, env: Record<string, string> = {}): [ChildProcess, Promise<Ended>] {
  count += 1;
  const file = join(work, `result-${count}.json`);
  const child = spawn(python, [join(root, 'test/hosts/universal-agent/support/agent.py')], {
    detached: true,
    env: { PATH: process.env.PATH, HOME: home, PYTHONDONTWRITEBYTECODE: '1', PYTHONIOENCODING: 'utf-8', ...env },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  child.stdin.end(JSON.stringify({ extension: archive, fields: {}, ...job, result: file }));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => {
      if (existsSync(file)) resolve({ result: JSON.parse(readFileSync(file, 'utf8')) as Result, ...output });
      else reject(new Error(`The agent ended without a result: ${output.stderr}`));
    });
  });
  return [child, ended];
}

const run = (python: string, job: Job, env?: Record<string, string>) => start(python, job, env)[1];

/** What the stand-in program was given. */
function received({ result }: Ended): { argv: string[]; fields: Record<string, unknown> } {
  return JSON.parse(JSON.parse(result.unv_output).result.payload);
}

function writeScript(text: string | Uint8Array): string {
  count += 1;
  const path = join(work, `script-${count}`);
  writeFileSync(path, text);
  return path;
}

const secret = 'Wq7-secret/+=';
const pythons = findPythons();
if (pythons.length === 0) {
  test.skip('extension.py: this machine has no Python from 3.7 on', () => {});
}

describe.each(pythons)('extension.py under Python %s', (_version, python) => {
  test('hands over every kind of field', async () => {
    const ended = await run(python, {
      fields: {
        action: ['Trigger Lambda Function'],
        region: 'eu-west-1',
        'credentials.user': 'AKIA',
        'credentials.password': secret,
        'credentials.token': '',
        credentials: { user: 'AKIA', password: secret, token: '' },
        'proxy_credentials.user': 'p',
        'proxy_credentials.password': 'q',
        'proxy_credentials.token': 'unused',
        role_based_access: false,
        role_arn: '',
        function_name: 'echo',
        invocation_type: ['Request Response'],
        log_type: [''],
        payload_source: ['Script'],
        payload_script: writeScript('{"text": "Zürich \u{1f600} \\ud800", "n": 12345678901234567890}\n'),
        client_context_source: [],
        client_context_script: null,
        qualifier: null,
        wait_for_completion_timeout: 60,
        max_attempts: 1,
        request_id: 'of the run before',
        something_else: 'unknown to the program',
      },
    });
    expect(ended.result.archive).toBe(true);
    expect(received(ended).fields).toEqual({
      action: 'Trigger Lambda Function',
      region: 'eu-west-1',
      credentials: { user: 'AKIA', password: secret },
      proxy_credentials: { user: 'p', password: 'q' },
      role_based_access: false,
      function_name: 'echo',
      invocation_type: 'Request Response',
      payload_source: 'Script',
      payload_script: '{"text": "Zürich \u{1f600} \\ud800", "n": 12345678901234567890}\n',
      wait_for_completion_timeout: 60,
      max_attempts: 1,
    });
    expect(ended.result).toMatchObject({
      rc: 0,
      message: 'SUCCESS: echoed',
      output_fields: { status_code: 200, execution: 'completed', request_id: 'r-1' },
    });
  });

  test('keeps secrets off the command line and out of the log', async () => {
    const fields = { credentials: { user: 'AKIA', password: secret }, function_name: 'log' };
    const { result, stderr } = await run(python, { fields, level: 'DEBUG' });
    expect(result.rc).toBe(0);
    expect(stderr).not.toContain(secret);
    const echoed = await run(python, { fields: { ...fields, function_name: 'echo' } });
    expect(received(echoed).argv).toEqual(['run', '--log-level', 'info']);
  });

  test.each([0, 1, 2, 3, 10, 11, 20, 21, 22])('returns exit code %d', async (code) => {
    const { result } = await run(python, { fields: { function_name: `exit=${code}` } });
    expect(result.rc).toBe(code);
    expect(result.message).toBe(`STATUS ${code}: as asked`);
    expect(JSON.parse(result.unv_output).exit_code).toBe(code);
  });

  test.each([
    ['DEBUG', 'debug', ['DEBUG fine', 'INFO plain', 'WARNING odd', 'ERROR bad', 'WARNING of no level']],
    ['INFO', 'info', ['INFO plain', 'WARNING odd', 'ERROR bad', 'WARNING of no level']],
    ['WARNING', 'warn', ['WARNING odd', 'ERROR bad', 'WARNING of no level']],
    ['CRITICAL', 'error', []],
  ])('passes the log on with its level, at %s', async (level, wanted, lines) => {
    const { stdout, stderr } = await run(python, { fields: { function_name: 'log' }, level });
    const logged = stderr
      .split('\n')
      .filter((line) => line !== '' && !line.includes('long') && !/Information/.test(line));
    expect(logged).toEqual(lines);
    expect(stdout.startsWith('START\nhello from the function\nEND\n{"argv"')).toBe(true);
    const echoed = await run(python, { level });
    expect(received(echoed).argv).toEqual(['run', '--log-level', wanted]);
  });

  test('takes an answer of 6 MB and prints its payload', async () => {
    const { result, stdout } = await run(python, { fields: { function_name: `big=${6 * 1024 * 1024}` } });
    expect(result.rc).toBe(0);
    expect(JSON.parse(result.unv_output).result.payload).toHaveLength(3 * 1024 * 1024 + 2);
    expect(Buffer.byteLength(stdout)).toBe(6 * 1024 * 1024 + 3);
  });

  test('hands over a request of 6 MB that nobody reads', async () => {
    const payload_script = writeScript('x'.repeat(6 * 1024 * 1024));
    const { result } = await run(python, { fields: { payload_script } }, { UE_AWS_LAMBDA_NODE: oldNode });
    expect(result.rc).toBe(1);
  });

  test('prints to a STDOUT that cannot show the text', async () => {
    const fields = { function_name: 'echo', region: 'Zürich \ud800' };
    const { result, stdout } = await run(python, { fields }, { PYTHONIOENCODING: 'ascii' });
    expect(result.rc).toBe(0);
    expect(stdout).toContain('Z\\xfcrich');
  });

  test.each([
    ['deep=50000', 'SUCCESS: deep'],
    ['compact=50000', 'SUCCESS: ]} "[{\\'],
    ['digits=5000', 'SUCCESS: digits'],
  ])('takes a payload that Python itself cannot read: %s', async (function_name, message) => {
    const { result } = await run(python, { fields: { function_name } });
    expect(result).toMatchObject({ rc: 0, message, output_fields: { execution: 'completed', request_id: 'r-1' } });
    expect(result.unv_output).toMatch(/"payload_json": ?(\[\{"a":\[|9999)/);
  });

  test('answers dynamic choices through List Functions', async () => {
    const fields = {
      action: ['Trigger Lambda Function'],
      region: 'eu-west-1',
      function_name: 'pay',
      log_type: ['Tail'],
    };
    expect((await run(python, { choice: 'function_name', fields })).result).toMatchObject({
      rc: 0,
      values: ['pay', 'ship'],
    });
    for (const function_name of ['pay', 'pay:PROD', '123456789012:function:pay', ['pay']]) {
      const { result } = await run(python, { choice: 'qualifier', fields: { ...fields, function_name } });
      expect(result).toMatchObject({ rc: 0, values: ['1', '2'] });
    }
    const arn = 'arn:aws:lambda:eu-west-1:123456789012:function:ship:7';
    const { result } = await run(python, { choice: 'qualifier', fields: { function_name: arn } });
    expect(result.values).toEqual(['3']);
  });

  test('cancels in mid-wait and returns what is known', async () => {
    const { result } = await run(python, { fields: { function_name: 'wait' }, cancel: 'waiting' });
    expect(result).toMatchObject({
      rc: 22,
      message: 'CANCELLED: the function may still be running',
      output_fields: { execution: 'unknown' },
    });
  });

  test('cancels before the program is started', async () => {
    const { result } = await run(python, { fields: { function_name: 'wait' }, cancel: 'before' });
    expect(result.rc).toBe(22);
    expect(JSON.parse(result.unv_output)).toMatchObject({ exit_code: 22, result: { execution: 'not_started' } });
  });

  test('passes a SIGTERM to the agent process on, and still returns', async () => {
    const [agent, ended] = start(python, { fields: { function_name: 'wait' } });
    agent.stderr?.on('data', (text: string) => {
      if (text.includes('waiting')) process.kill(-(agent.pid as number), 'SIGTERM'); // to its whole group
    });
    expect((await ended).result).toMatchObject({ rc: 22, message: 'CANCELLED: the function may still be running' });
  });

  test('says what happened when the program leaves no answer', async () => {
    const crashed = await run(python, { fields: { function_name: 'crash' } });
    expect(crashed.result).toMatchObject({
      rc: 1,
      message:
        'FAIL: The program ended with exit code 7 and without an answer: about to crash. The function may have run, so it was not invoked again.',
    });
    expect(JSON.parse(crashed.result.unv_output).result.execution).toBe('unknown');
    const killed = await run(python, { fields: { function_name: 'killed' } });
    expect(killed.result.message).toBe(
      'FAIL: The program ended with signal 9 and without an answer. The function may have run, so it was not invoked again.',
    );
    for (const function_name of ['garbage', 'contradict']) {
      expect((await run(python, { fields: { function_name } })).result.rc).toBe(1);
    }
  });

  test('runs from unpacked files, and two at once from one archive that was never unpacked', async () => {
    const unpacked = await run(python, { extension: folder }, { HOME: join(work, 'nowhere') });
    expect(unpacked.result).toMatchObject({ rc: 0, archive: false });
    const fresh = mkdtempSync(join(work, 'home-'));
    const both = await Promise.all(
      ['one', 'two', 'three'].map((region) => run(python, { fields: { region } }, { HOME: fresh })),
    );
    expect(both.map((ended) => received(ended).fields.region)).toEqual(['one', 'two', 'three']);
    expect(readdirSync(cacheOf(fresh)).sort()).toEqual(['main.cjs', 'node-version.cjs']);
  });

  test('says what to do when Node is missing or too old', async () => {
    const missing = await run(python, {}, { UE_AWS_LAMBDA_NODE: join(work, 'no-such-node') });
    expect(missing.result.rc).toBe(1);
    expect(missing.result.message).toMatch(/^FAIL: .*was not found.*install Node\.js 20\.19.*standalone package/);
    const foreign = join(work, 'node-of-another-machine');
    writeFileSync(foreign, '\x7fELF');
    chmodSync(foreign, 0o755);
    const { result } = await run(python, {}, { UE_AWS_LAMBDA_NODE: foreign });
    expect(result).toMatchObject({ rc: 1, output_fields: { execution: 'not_started' } });
    expect(result.message).toMatch(/^FAIL: The program could not be started: .*Exec format error/);
    const old = await run(python, {}, { UE_AWS_LAMBDA_NODE: oldNode });
    expect(old.result.rc).toBe(1);
    expect(old.result.message).toMatch(/^FAIL: Node\.js 18\.20\.4 .*is too old: install Node\.js 20\.19/);
    expect(JSON.parse(old.result.unv_output)).toMatchObject({
      exit_code: 1,
      changed: false,
      result: { execution: 'not_started' },
    });
  });

  test('refuses a script that is no UTF-8 text', async () => {
    const fields = { payload_script: writeScript(Uint8Array.of(0x22, 0xff, 0x22)) };
    const { result, stdout } = await run(python, { fields });
    expect(result.rc).toBe(20);
    expect(result.message).toMatch(/^DATA_VALIDATION_ERROR: .*See STDOUT/);
    expect(stdout).toBe('ValidationError: payload_script: the script is not UTF-8 text; store it as such\n');
    expect(JSON.parse(result.unv_output).result.error).toMatchObject([{ field: 'payload_script' }]);
  });
});

const [, newest] = pythons.at(-1) ?? [];
(newest === undefined ? describe.skip : describe)('extension.py, what takes its time', () => {
  const python = newest as string;

  test('ends a program that does not listen, when the grace is over', async () => {
    const begun = Date.now();
    const { result } = await run(python, { fields: { function_name: 'stubborn' }, cancel: 'waiting' });
    expect(result.rc).toBe(22);
    expect(JSON.parse(result.unv_output)).toMatchObject({ changed: false, result: { execution: 'unknown' } });
    expect(Date.now() - begun).toBeLessThan(40_000);
  });

  test('does not wait for a process that the program has left behind', async () => {
    const begun = Date.now();
    const { result } = await run(python, { fields: { function_name: 'orphan' } });
    expect(result).toMatchObject({ rc: 0, message: 'SUCCESS: with a child left behind' });
    expect(Date.now() - begun).toBeLessThan(30_000);
  });

  test('runs the executable of the standalone package, which needs no Node', async () => {
    const program = join(work, 'executable');
    mkdirSync(program);
    writeFileSync(join(program, 'main.cjs'), standIn);
    writeFileSync(join(program, executable), `#!/usr/bin/env node\n${standIn}`);
    unpack(makePackage(program, program, '-standalone'), program);
    const job = { extension: join(program, 'extension_archive.zip'), fields: { region: 'eu-west-1' } };
    const ended = await run(python, job, { UE_AWS_LAMBDA_NODE: 'no-such-node' });
    expect(received(ended)).toEqual({ argv: ['run', '--log-level', 'info'], fields: { region: 'eu-west-1' } });
  });

  test('does not run what another user could have put into the cache', async () => {
    const open = mkdtempSync(join(work, 'home-'));
    await run(python, {}, { HOME: open });
    chmodSync(join(cacheOf(open), '..'), 0o777);
    writeFileSync(join(cacheOf(open), 'main.cjs'), 'process.exit(1)');
    const { result, stderr } = await run(python, {}, { HOME: open, TMPDIR: mkdtempSync(join(work, 'tmp-')) });
    expect(result.rc).toBe(0);
    expect(stderr).toMatch(/WARNING .*\.cache.* is not used: another user could change what is in it/);
    expect(readFileSync(join(cacheOf(open), 'main.cjs'), 'utf8')).toBe('process.exit(1)');
  });

  test('does not unpack where another user could exchange the folder', async () => {
    const open = mkdtempSync(join(work, 'home-'));
    mkdirSync(join(open, '.cache'));
    chmodSync(join(open, '.cache'), 0o777);
    const temporary = mkdtempSync(join(work, 'tmp-'));
    chmodSync(temporary, 0o1777);
    expect((await run(python, {}, { HOME: open, TMPDIR: temporary })).result.rc).toBe(0);
    expect(readdirSync(temporary)).toHaveLength(1);
    chmodSync(temporary, 0o777);
    const { result } = await run(python, {}, { HOME: open, TMPDIR: temporary });
    expect(result.message).toMatch(/^FAIL: No folder could be made for the program: set XDG_CACHE_HOME/);
    expect(JSON.parse(result.unv_output).result.execution).toBe('not_started');
  });

  test('puts a damaged file right, also one of the right size, and removes what a killed task left', async () => {
    const mine = mkdtempSync(join(work, 'home-'));
    await run(python, {}, { HOME: mine });
    const main = join(cacheOf(mine), 'main.cjs');
    const sound = readFileSync(main);
    const abandoned = join(cacheOf(mine), 'unpacking-of-yesterday');
    writeFileSync(abandoned, '');
    utimesSync(abandoned, 1, 1);
    for (const damaged of ['', '//'.padEnd(sound.length)]) {
      writeFileSync(main, damaged);
      expect((await run(python, {}, { HOME: mine })).result.rc).toBe(0);
      expect(readFileSync(main)).toEqual(sound);
    }
    expect(readdirSync(cacheOf(mine)).sort()).toEqual(['main.cjs', 'node-version.cjs']);
  });

  test('compares a large file once, and again when its time has changed', async () => {
    const program = join(work, 'large');
    mkdirSync(program);
    writeFileSync(join(program, 'main.cjs'), standIn);
    writeFileSync(join(program, executable), `#!/usr/bin/env node\n${standIn}\n//${'x'.repeat(1 << 20)}`);
    unpack(makePackage(program, program, '-standalone'), program);
    const mine = mkdtempSync(join(work, 'home-'));
    const job = { extension: join(program, 'extension_archive.zip') };
    const ask = async () => (await run(python, job, { HOME: mine })).result;
    expect((await ask()).rc).toBe(0);
    const file = join(cacheOf(mine), executable);
    expect(readdirSync(cacheOf(mine)).sort()).toEqual([executable, `${executable}.sealed`]);
    const sound = readFileSync(file);
    writeFileSync(file, sound.toString().replace('SUCCESS: echoed', 'SUCCESS: ECHOED'));
    expect((await ask()).message).toBe('SUCCESS: echoed');
    expect(readFileSync(file)).toEqual(sound);
    // What is noted is believed: hashing 100 MB for every task would take longer than the task.
    const { atime, mtime } = statSync(file);
    writeFileSync(file, sound.toString().replace('SUCCESS: echoed', 'SUCCESS: ECHOED'));
    utimesSync(file, atime, mtime);
    writeFileSync(`${file}.sealed`, `${sha256(sound)} ${sound.length} ${statSync(file, { bigint: true }).mtimeNs}`);
    expect((await ask()).message).toBe('SUCCESS: ECHOED');
    writeFileSync(`${file}.sealed`, 'torn');
    expect((await ask()).message).toBe('SUCCESS: echoed');
  });

  test.each([
    ['damaged', /^FAIL: The package is damaged: program\/main\.cjs is not what was built/],
    ['without its program', /^FAIL: The package does not contain the program.*uip/],
  ])('does not run a package that is %s', async (what, message) => {
    const broken = mkdtempSync(join(work, 'broken-'));
    cpSync(folder, broken, { recursive: true });
    const main = join(broken, 'program/main.cjs');
    if (what === 'damaged') writeFileSync(main, '//'.padEnd(readFileSync(main).length));
    else rmSync(dirname(main), { recursive: true });
    const { result } = await run(python, { extension: broken }, { HOME: mkdtempSync(join(work, 'home-')) });
    expect(result).toMatchObject({ rc: 1, message: expect.stringMatching(message) });
    expect(result.output_fields).toEqual({ execution: 'not_started' });
  });
});

/** The same extension.py around the program itself, against the local Lambda endpoint. */
(newest === undefined ? describe.skip : describe)('the package with the program itself', () => {
  const python = newest as string;
  const extension = join(work, 'real', 'extension_archive.zip');
  let local: Awaited<ReturnType<typeof startLocal>>;
  const ask = (job: Job) =>
    run(python, { extension, ...job, fields: { region: 'us-east-1', ...job.fields } }, local.env);

  beforeAll(async () => {
    unpack(makePackage(join(root, 'dist'), join(work, 'real')), join(work, 'real'));
    local = await startLocal(join(root, 'examples/functions'));
  });
  afterAll(async () => {
    await local.stop();
  });

  test('invokes a function and prints its log and payload', async () => {
    const payload_script = writeScript('{"id":"A-17","items":[{"sku":"pen","quantity":2,"price":1.5}]}');
    const fields = { function_name: 'order', payload_source: ['Script'], payload_script, log_type: ['Tail'] };
    const { result, stdout, stderr } = await ask({ fields });
    expect(result).toMatchObject({
      rc: 0,
      message: 'SUCCESS: AWS Lambda function invoked successfully',
      output_fields: { status_code: 200, execution: 'completed', request_id: expect.any(String) },
    });
    expect(stdout).toMatch(/START RequestId.*Order A-17.*REPORT RequestId.*\n\{"order":\{"id":"A-17"/s);
    expect(stderr).toMatch(/^INFO SUCCESS/m);
    const output = JSON.parse(result.unv_output);
    expect(output.result.payload_json.order.total).toBe(3);
    expect(output.invocation.fields.payload_script).toBe('****');
  });

  test.each([
    ['a function error', 1, { function_name: 'fail' }],
    ['unknown keys', 2, { function_name: 'hello', credentials: { user: 'AKIANOBODY', password: 'x' } }],
    ['keys without a right', 3, { function_name: 'hello', credentials: { user: 'denied', password: 'denied-secret' } }],
    ['no endpoint', 10, { function_name: 'hello', endpoint_url: 'http://127.0.0.1:1', max_attempts: 1 }],
    ['no proxy', 11, { function_name: 'hello', use_proxy: true, proxy: 'http://127.0.0.1:1', max_attempts: 1 }],
    ['a missing field', 20, {}],
    [
      'no answer in time',
      21,
      {
        function_name: 'slow',
        payload_source: 'Script',
        payload_script: '{"seconds":5}',
        wait_for_completion_timeout: 1,
      },
    ],
  ] as [string, number, Record<string, unknown>][])('ends with %s: exit %d', async (_what, code, fields) => {
    const { result, stdout } = await ask({ fields });
    expect(result.rc).toBe(code);
    expect(JSON.parse(result.unv_output).exit_code).toBe(code);
    expect(result.message).toBe(JSON.parse(result.unv_output).status_description);
    expect(stdout).not.toBe('');
  });

  test('cancels in mid-wait', async () => {
    const fields = { function_name: 'slow', payload_source: 'Script', payload_script: '{"seconds":20}' };
    const [agent, ended] = start(python, { extension, fields: { region: 'us-east-1', ...fields } }, local.env);
    agent.stderr?.on('data', (text: string) => {
      if (text.includes('sending the request')) process.kill(-(agent.pid as number), 'SIGTERM');
    });
    const { result } = await ended;
    expect(result).toMatchObject({ rc: 22, output_fields: { execution: 'unknown' } });
    expect(result.message).toMatch(/^CANCELLED: /);
  });

  test('offers functions and versions', async () => {
    const { result } = await ask({ choice: 'function_name' });
    expect(result.values).toEqual(expect.arrayContaining(['echo', 'order', 'slow']));
    const versions = await ask({ choice: 'qualifier', fields: { function_name: 'order:PROD' } });
    expect(versions.result.values).toEqual(expect.arrayContaining(['1']));
    const denied = await ask({
      choice: 'function_name',
      fields: { credentials: { user: 'denied', password: 'denied-secret' } },
    });
    expect(denied.result).toMatchObject({ rc: 3, values: [] });
  });
});

describe('the package', () => {
  test('holds what a Controller imports, and nothing else', () => {
    expect(Object.keys(unzipSync(readFileSync(packageFile))).sort()).toEqual([
      'extension_archive.zip',
      'template.json',
      'template_icon.png',
    ]);
    expect(Object.keys(unzipSync(readFileSync(archive))).sort()).toEqual([
      'extension.py',
      'extension.yml',
      'program/main.cjs',
      'program/node-version.cjs',
      'program/program.json',
    ]);
  });

  test('names the extension and its version as the template and package.json do', () => {
    const template = JSON.parse(readFileSync(join(dirname(archive), 'template.json'), 'utf8'));
    const { extension } = parse(readFileSync(join(folder, 'extension.yml'), 'utf8'));
    expect(extension).toEqual({ name: template.extension, version, api_level: '1.1.0', requires_python: '>=3.7' });
    const manifest = manifestOf(folder);
    expect(manifest).toMatchObject({ name: template.extension, version, kind: 'node', entry: 'main.cjs' });
  });

  test('has the icon that the template describes, 48 x 48', () => {
    const template = JSON.parse(readFileSync(join(dirname(archive), 'template.json'), 'utf8'));
    const icon = readFileSync(join(dirname(archive), template.iconFilename));
    expect(icon).toHaveLength(template.iconFilesize);
    expect(icon.subarray(1, 4).toString()).toBe('PNG');
    expect([icon.readUInt32BE(16), icon.readUInt32BE(20)]).toEqual([48, 48]);
  });

  test('has the documents of a task without an answer, in the form of the program', () => {
    const documents: Record<string, string> = manifestOf(folder).no_answer;
    const schema = JSON.parse(readFileSync(join(root, 'schemas/extension-output.schema.json'), 'utf8'));
    const validate = new Ajv2020({ strict: false }).compile(schema);
    const facts = Object.entries(documents).map(([kind, text]) => {
      const document = JSON.parse(text);
      validate(document);
      expect(validate.errors).toBeNull();
      expect(text).toContain('@reason@');
      return [kind, document.exit_code, document.status_description.split(':')[0], document.result.execution];
    });
    expect(facts).toEqual([
      ['died', 1, 'FAIL', 'unknown'],
      ['stopped', 22, 'CANCELLED', 'unknown'],
      ['cancelled', 22, 'CANCELLED', 'not_started'],
      ['host', 1, 'FAIL', 'not_started'],
      ['refused', 20, 'DATA_VALIDATION_ERROR', 'not_started'],
    ]);
  });

  test('knows which fields say how AWS is reached', () => {
    const manifest = manifestOf(folder);
    expect(manifest.connection).toEqual([
      'region',
      'credentials',
      'role_based_access',
      'role_arn',
      'use_proxy',
      'proxy_type',
      'proxy',
      'proxy_ca_bundle_file',
      'proxy_credentials',
      'wait_for_completion_timeout',
      'endpoint_url',
      'role_external_id',
      'role_session_name',
      'role_duration_seconds',
      'sts_endpoint_url',
      'connect_timeout',
      'max_attempts',
    ]);
  });

  test('has the same bytes whenever and wherever it is made', () => {
    const again = join(work, 'again');
    const build = [
      join(root, 'build/package/package.mjs'),
      '--program',
      join(root, 'test/hosts/universal-agent/support/stand-in'),
      '--out',
      again,
    ];
    execFileSync(process.execPath, build, { env: { ...process.env, TZ: 'Pacific/Auckland' } });
    expect(readFileSync(join(again, `unv_tmplt_AWS_Lambda-${version}.zip`))).toEqual(readFileSync(packageFile));
  });
});
