import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { commands } from '../../extension/hosts/cli/commands.ts';
import { startLocal } from '../support/local-program.ts';
import { bundle, cleanEnvironment, root } from '../support/run-program.ts';

/**
 * Every command of ue-aws-lambda in the shell blocks of a page, without those that serve until a signal and those that
 * answer a callback, which a test of their own shows.
 */
function examplesOf(path: string): string[] {
  const blocks = readFileSync(join(root, path), 'utf8').matchAll(/```sh\n([\s\S]*?)```/g);
  const lines = [...blocks].flatMap(([, block = '']) => block.split('\n'));
  return lines.filter((line) => /^(echo .*\| )?ue-aws-lambda (?!local|completion|approve|reject|heartbeat)/.test(line));
}

const folder = mkdtempSync(join(tmpdir(), 'ue-aws-lambda-readme-'));
let local: Awaited<ReturnType<typeof startLocal>>;
beforeAll(async () => {
  local = await startLocal(`${root}examples/functions`);
  writeFileSync(join(folder, 'order.json'), '{"id":"A-17","items":[]}');
  writeFileSync(join(folder, 'task.json'), '{"function_name":"hello"}');
  writeFileSync(join(folder, 'config'), `[profile dev]\nregion = eu-west-1\nendpoint_url = ${local.url}\n`);
  writeFileSync(
    join(folder, 'credentials'),
    '[dev]\naws_access_key_id = local\naws_secret_access_key = local-secret\n',
  );
  const script = `#!/bin/sh\nexec '${process.execPath}' '${bundle}' "$@"\n`;
  writeFileSync(join(folder, 'ue-aws-lambda'), script, { mode: 0o755 });
});
afterAll(async () => {
  await local.stop();
  rmSync(folder, { recursive: true });
});

test.each([...examplesOf('README.md'), ...examplesOf('docs/cli.md')])('%s', (line) => {
  const env = {
    ...{ ...cleanEnvironment(), ...local.env, AWS_REGION: 'eu-west-1' },
    PATH: `${folder}:${process.env.PATH}`,
    AWS_CONFIG_FILE: join(folder, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
  };
  const { status, stderr } = spawnSync('bash', ['-c', line], { cwd: folder, env, encoding: 'utf8', input: '' });
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
});

test('the pages have examples of every command', () => {
  const all = [...examplesOf('README.md'), ...examplesOf('docs/cli.md')].join('\n');
  const served = ['local', 'completion', 'approve', 'reject', 'heartbeat'];
  for (const { name } of commands) if (!served.includes(name)) expect(all).toContain(`ue-aws-lambda ${name}`);
});
