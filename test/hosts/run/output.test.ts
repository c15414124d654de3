import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { baseFields } from '../../support/network/cells.ts';
import { runProcess } from '../../support/network/run.ts';
import { startTarget, success, type Target } from '../../support/network/target.ts';
import { runShell } from '../../support/shell.ts';

let target: Target;
let folder: string;

beforeEach(async () => {
  // Far more than a pipe holds.
  const body = JSON.stringify('é'.repeat(2_000_000));
  target = await startTarget({ answer: (request) => success(request, body) });
  folder = mkdtempSync(join(tmpdir(), 'output-'));
});

afterEach(() => target.close());

const fields = () => ({
  ...baseFields(`http://127.0.0.1:${target.port}`),
  connect_timeout: 10,
  wait_for_completion_timeout: 20,
});

/** Runs a shell line with the program as "$@" and the fields on its standard input. */
const shell = (line: string) => runShell(line, JSON.stringify(fields()), folder);

describe('standard output', () => {
  test('arrives whole through a slow pipe', async () => {
    const { stdout, code } = await shell('"$@" | (sleep 0.5; cat)');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).result.payload_json).toHaveLength(2_000_000);
  });

  test('| head -c 1: the exit code still tells what came of the task, and nothing crashes', async () => {
    const { stdout, stderr, code } = await shell('"$@" | head -c 1');
    expect(stdout).toBe('{');
    expect(stderr).toContain('SUCCESS: AWS Lambda function invoked successfully (exit 0, execution completed)');
    expect(stderr).not.toMatch(/EPIPE|at .*\.cjs/);
    expect(code).toBe(0);
    expect(target.executed()).toBe(1);
  });

  test('> /dev/full: a document that did not arrive is no success', async () => {
    const { stderr, code } = await shell('"$@" > /dev/full');
    expect(stderr).toMatch(/standard output cannot be written \(ENOSPC\)/);
    expect(stderr).toContain('(exit 1, execution completed)');
    expect(code).toBe(1);
  });

  test('> /dev/full: a failure keeps its exit code', async () => {
    const { stderr, code } = await shell('"$@" --fields /nonexistent > /dev/full');
    expect(stderr).toContain('(exit 20, execution not_started)');
    expect(code).toBe(20);
  });

  test('> /dev/full: the output file has been written and is kept', async () => {
    const { stderr, code } = await shell('"$@" --output "$HOME/kept.json" > /dev/full');
    expect(stderr).toContain('the output is in the output file only');
    expect(code).toBe(1);
    expect(JSON.parse(readFileSync(join(folder, 'kept.json'), 'utf8')).exit_code).toBe(0);
  });

  test('into a file: whole, and after what is there', async () => {
    const { code } = await shell('echo first > "$HOME/file"; "$@" >> "$HOME/file"');
    expect(code).toBe(0);
    const [first = '', ...rest] = readFileSync(join(folder, 'file'), 'utf8').split('\n');
    expect(first).toBe('first');
    expect(JSON.parse(rest.join('\n')).result.payload_json).toHaveLength(2_000_000);
  });

  test('closed from the start: the exit code is that of the task', async () => {
    const { stderr, code } = await shell('"$@" >&-');
    expect(stderr).toContain('execution completed');
    expect(code).toBe(0);
  });

  test('a log that nobody reads does no harm', async () => {
    const { stdout, code } = await shell('"$@" 2>/dev/full');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).exit_code).toBe(0);
  });
});

describe('--output', () => {
  test('holds the same as standard output, and leaves nothing else behind', async () => {
    const path = join(folder, 'out.json');
    const { stdout } = await runProcess(fields(), { args: ['--output', path] });
    expect(readFileSync(path, 'utf8')).toBe(stdout);
    expect(readdirSync(folder)).toEqual(['out.json']);
  });

  test.each([
    ['a folder', () => folder],
    ['in a folder that is not there', () => join(folder, 'nowhere', 'out.json')],
    ['below a file', () => '/dev/null/out.json'],
  ])('%s: exit 20 before anything is sent', async (_, path) => {
    const { output, exitCode } = await runProcess(fields(), { args: ['--output', path()] });
    expect(exitCode).toBe(20);
    expect(output).toMatchObject({ exit_code: 20, result: { execution: 'not_started' } });
    expect(output.result.error?.[0]?.message).toContain(path());
    expect(target.connections()).toBe(0);
  });

  const testUnlessRoot = process.getuid?.() === 0 ? test.skip : test;
  testUnlessRoot('in a folder that may not be written (root may write everywhere)', async () => {
    const locked = join(folder, 'locked');
    mkdirSync(locked);
    chmodSync(locked, 0o500);
    const { exitCode } = await runProcess(fields(), { args: ['--output', join(locked, 'out.json')] });
    expect(exitCode).toBe(20);
    expect(target.connections()).toBe(0);
  });

  test('on a full disk: exit 1, but what is known of the function is on standard output', async () => {
    const { output, exitCode } = await runProcess(fields(), { args: ['--output', '/dev/full'] });
    expect(exitCode).toBe(1);
    expect(output).toMatchObject({ exit_code: 1, result: { execution: 'completed' } });
    expect(output.status_description).toContain('ENOSPC');
    expect(target.executed()).toBe(1);
    expect(existsSync('/dev/full')).toBe(true);
  });
});
