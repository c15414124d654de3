import { spawn } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startLocal } from '../../support/local-program.ts';
import { cleanEnvironment, program, root, runProgram } from '../../support/run-program.ts';

let local: Awaited<ReturnType<typeof startLocal>>;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  local = await startLocal(`${root}examples/functions`);
  env = { ...local.env, AWS_REGION: 'us-east-1' };
});
afterAll(() => local.stop());

/** Starts an execution that waits for a callback; resolves with the id of that callback. */
async function waiting(name: string) {
  const [command, ...first] = program();
  const words = ['invoke', 'signoff:$LATEST', '--wait', '--durable-execution-name', name];
  const child = spawn(command, [...first, ...words], { cwd: root, env: { ...cleanEnvironment(), ...env } });
  child.stdin.end();
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (output.stdout += chunk));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const callbackId = await new Promise<string>((resolve, reject) => {
    child.stderr.on('data', (chunk) => {
      output.stderr += chunk;
      const id = /waits for callback approval \(([^)]+)\)/.exec(output.stderr)?.[1];
      if (id !== undefined) resolve(id);
    });
    ended.then(() => reject(new Error(output.stderr)));
  });
  return { callbackId, ended, output };
}

test('--wait shows the steps, and approve ends the wait with a result', async () => {
  const { callbackId, ended, output } = await waiting('cli-approved');
  expect((await runProgram(['heartbeat', callbackId], { env })).code).toBe(0);
  expect(await runProgram(['approve', callbackId, '--result', '{"by":"finance"}'], { env })).toMatchObject({
    code: 0,
    stdout: '',
    stderr: 'SUCCESS: The callback was answered with success\n',
  });
  expect(await ended).toBe(0);
  expect(JSON.parse(output.stdout)).toEqual({ document: 'budget', answer: { by: 'finance' } });
  expect(output.stderr).toMatch(/^Durable execution cli-approved\n/);
  expect(output.stderr).toContain('callback approval succeeded');
  expect(output.stderr).toContain(
    'The durable execution has ended; another run needs another --durable-execution-name',
  );
});

test('reject ends it with an error of its own', async () => {
  const { callbackId, ended, output } = await waiting('cli-rejected');
  await runProgram(['reject', callbackId, '--reason', 'over the limit'], { env });
  expect(await ended).toBe(1);
  expect(output.stderr).toContain('over the limit');
});

test.each([
  [['approve'], 'approve needs the id of one callback'],
  [['reject', 'x', '--result', '1'], '--result is a flag of approve; reject does not use it'],
  [['invoke', 'f', '--wait', '--event'], '--wait and --event contradict each other'],
  [['invoke', 'f', '--on-cancel', 'Stop'], '--on-cancel means nothing without --wait'],
])('%j is refused', async (words, message) => {
  const { code, stderr } = await runProgram(words, { env });
  expect([code, stderr]).toEqual([20, expect.stringContaining(message)]);
});
