import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { documentOf } from '../../../extension/hosts/run/document.ts';
import type { InvokeResult } from '../../../extension/outcome/answer.ts';
import type { Outcome } from '../../../extension/outcome/outcome.ts';
import { baseFields } from '../../support/network/cells.ts';
import { runProcess, start } from '../../support/network/run.ts';
import { startTarget } from '../../support/network/target.ts';
import { assertValid } from '../../support/schemas.ts';

const answer: InvokeResult = {
  ...{ kind: 'invoke', statusCode: 200, log: 'START', report: null },
  ...{ payload: { kind: 'text', text: '{"a":1}', json: { value: { a: 1 } } } as const },
  ...{ executedVersion: '7', functionError: null, durableExecutionArn: null },
};
const success: Outcome = {
  ...{ status: 'SUCCESS', detail: 'invoked', execution: 'completed', attempts: 1, requestId: 'request-1' },
  ...{ answer, errors: null, fields: null },
};

/** Makes JSON.stringify throw, as 90 MB of control characters do, but at once. */
const unfit = 1n as unknown as string;

const made = (raw: unknown, outcome: Outcome) => {
  const { parts, outcome: said } = documentOf(raw, outcome);
  const document = JSON.parse(parts.join(''));
  assertValid('extension-output', document);
  return { document, said };
};

describe('there is always a document', () => {
  test('with all that is known, when it can be made', () => {
    const { document, said } = made({ function_name: 'hello' }, success);
    expect(said).toBe(success);
    expect(document).toMatchObject({ exit_code: 0, result: { payload_json: { a: 1 } } });
  });

  test.each([
    ['payload', { payload: { kind: 'text' as const, text: unfit, json: null } }],
    ['log', { log: unfit }],
  ])('without payload and log, when the %s does not fit', (_, over) => {
    const { document, said } = made({ function_name: 'hello' }, { ...success, answer: { ...answer, ...over } });
    expect(said).toMatchObject({ status: 'FAIL', execution: 'completed' });
    expect(document).toMatchObject({
      exit_code: 1,
      changed: true,
      status_description: expect.stringMatching(/^FAIL: the output could not be made \(.+\); its payload and log are/),
      invocation: { fields: { function_name: 'hello' } },
      result: { execution: 'completed', request_id: 'request-1', status_code: 200, payload: null, log_result: null },
    });
  });

  test('a failure keeps its exit code', () => {
    const timedOut: Outcome = { ...success, status: 'READ_TIMEOUT_ERROR', execution: 'unknown', errors: [] };
    const { document } = made({}, { ...timedOut, answer: { ...answer, log: unfit } });
    expect(document).toMatchObject({ exit_code: 21, changed: false, result: { execution: 'unknown' } });
  });

  test('without fields and errors too, when these do not fit', () => {
    const { document } = made({}, { ...success, errors: [{ name: 'E', message: unfit }] });
    expect(document).toMatchObject({
      exit_code: 1,
      result: { execution: 'completed', error: [{ name: 'OutputError' }] },
    });
  });

  // Other runtimes load no module before the program.
  const testOnNode = process.env.PROGRAM ? test.skip : test;
  testOnNode('after an error that nobody catches, and nothing is claimed of the function', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'stray-'));
    const preload = join(folder, 'preload.cjs');
    writeFileSync(preload, `process.on('SIGUSR2', () => { throw new Error('stray') });`);
    const silent = await startTarget({ stage: 'response headers', fault: 'hangs' });
    const fields = { ...baseFields(`http://127.0.0.1:${silent.port}`), wait_for_completion_timeout: 600 };
    const path = join(folder, 'out.json');
    const running = start(fields, { args: ['--output', path], env: { NODE_OPTIONS: `--require=${preload}` } });
    await running.logged('sending the request');
    running.child.kill('SIGUSR2');
    const { output, exitCode, stdout } = await running.ended;
    await silent.close();
    expect(exitCode).toBe(1);
    expect(output).toMatchObject({ exit_code: 1, result: { execution: 'unknown' } });
    expect(output.status_description).toContain('stray');
    expect(readFileSync(path, 'utf8')).toBe(stdout);
  });

  testOnNode('when nothing is left to wait for', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'stray-'));
    const preload = join(folder, 'preload.cjs');
    writeFileSync(preload, 'process.stdin.unref();'); // standard input stays open, and holds nothing any more
    const env = { NODE_OPTIONS: `--require=${preload}` };
    const { output, exitCode } = await runProcess({}, { input: null, env });
    expect(exitCode).toBe(1);
    expect(output.status_description).toBe('FAIL: Error: unexpected: the task has stopped without an end');
  });
});
