import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseProfile } from '../../extension/connector/profile.ts';
import { commands } from '../../extension/hosts/cli/commands.ts';
import { findCommand } from '../../extension/hosts/cli/find-command.ts';
import { usage } from '../../extension/hosts/cli/help.ts';
import { parse } from '../../extension/hosts/cli/parse.ts';
import { parseFields } from '../../extension/task/fields.ts';
import { startLocal } from '../support/local-program.ts';
import { bundle, cleanEnvironment, root } from '../support/run-program.ts';
import { assertValid, readSchema } from '../support/schemas.ts';

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => `docs/${path}`)
    .sort(),
];

/** The lines that say how a command is called, in place of an example. */
const forms = new Set(commands.map(usage));

/** The blocks of a page that are in a language; none is that of a terminal, as sh is. */
function blocksOf(page: string, languages: readonly string[]): string[] {
  const blocks = readFileSync(join(root, page), 'utf8').matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm);
  return [...blocks].filter(([, language]) => languages.includes(language ?? '')).map(([, , text = '']) => text);
}

/** Every command line of ue-aws-lambda in the blocks of a page, those that go on behind a backslash joined. */
function linesOf(page: string): string[] {
  const lines = blocksOf(page, ['sh', 'bash', '']).flatMap((block) => block.replace(/\\\n\s*/g, '').split('\n'));
  return lines.filter((line) => /^(echo .*\| )?ue-aws-lambda /.test(line) && !forms.has(line));
}

/** What serves until a signal, answers a callback that a test of its own shows, waits for one, or needs a database. */
const otherwiseTested =
  /ue-aws-lambda (local|completion|approve|reject|heartbeat|worker|submit|status|results|retry|cancel|tasks|schedule|dashboard)|signoff|--wait/;

/** Pages whose examples run here; those of the controllers do in a test of their own. */
const runnable = pages.filter((page) => !page.startsWith('docs/controllers/'));
const examples = runnable.flatMap(linesOf).filter((line) => !otherwiseTested.test(line));

const folder = mkdtempSync(join(tmpdir(), 'ue-aws-lambda-readme-'));
let local: Awaited<ReturnType<typeof startLocal>>;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  local = await startLocal(`${root}examples/functions`);
  writeFileSync(join(folder, 'order.json'), '{"id":"A-17","items":[]}');
  writeFileSync(join(folder, 'task.json'), '{"function_name":"hello"}');
  writeFileSync(join(folder, 'config'), `[profile dev]\nregion = eu-west-1\nendpoint_url = ${local.url}\n`);
  writeFileSync(
    join(folder, 'credentials'),
    '[dev]\naws_access_key_id = local\naws_secret_access_key = local-secret\n',
  );
  scriptOf('ue-aws-lambda', `exec '${process.execPath}' '${bundle}' "$@"`);
  env = {
    ...{ ...cleanEnvironment(), ...local.env, AWS_REGION: 'eu-west-1' },
    PATH: `${folder}:${process.env.PATH}`,
    AWS_CONFIG_FILE: join(folder, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
  };
  // What the examples of `watch` follow.
  const started = spawnSync('bash', ['-c', startsOrder], { cwd: folder, env, encoding: 'utf8', input: '' });
  env = { ...env, EXECUTION_ARN: JSON.parse(started.stdout) };
});
afterAll(async () => {
  await local.stop();
  rmSync(folder, { recursive: true });
});

const startsOrder =
  "ue-aws-lambda invoke 'checkout:$LATEST' --durable-execution-name order-7 --event " +
  '--json --query result.durable_execution_arn';

function scriptOf(name: string, line: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${line}\n`, { mode: 0o755 });
}

test.each(examples)('%s', (line) => {
  const { status, stderr } = spawnSync('bash', ['-c', line], { cwd: folder, env, encoding: 'utf8', input: '' });
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
});

test('the pages have examples of every command', () => {
  const all = pages.flatMap(linesOf).join('\n');
  for (const { name } of commands) expect(all).toContain(`ue-aws-lambda ${name}`);
});

describe('every command line of every page is one that the program takes', () => {
  const lines = pages.flatMap((page) => linesOf(page).map((line) => [page, line] as const));

  test.each(lines)('%s: %s', (_page, line) => {
    const bin = join(folder, 'words');
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'ue-aws-lambda'), '#!/bin/sh\nprintf "%s\\0" "$@"\n', { mode: 0o755 });
    const shell = {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: `${bin}:${process.env.PATH}`, CALLBACK_ID: 'x' },
    } as const;
    const words = spawnSync('bash', ['-c', line.replace(/ > \S+$/, '')], shell)
      .stdout.split('\0')
      .slice(0, -1);
    const own = ['help', 'version', '--help', '--version'].includes(words[0] ?? '');
    const found = own ? null : findCommand(words, commands);
    const values = words.map((word) => word || 'set'); // a variable that is not set here
    if (found?.kind === 'command') {
      const { length } = found.command.name.split(' ');
      expect(() => parse(found.command, values.slice(length), commands)).not.toThrow();
    } else expect(own).toBe(true);
  });
});

describe('every JSON example of every page is valid', () => {
  const blocks = pages.flatMap((page) => blocksOf(page, ['json']).map((text) => [page, text] as const));

  test.each(blocks)('%s: %s', (_page, text) => {
    const value = JSON.parse(text);
    if ('exit_code' in value) {
      const { properties } = readSchema('extension-output');
      for (const key of Object.keys(value)) expect(properties).toHaveProperty(key);
      for (const key of Object.keys(value.result)) expect(properties.result.properties).toHaveProperty(key);
    } else if ('Statement' in value) {
      const actions = value.Statement.flatMap(({ Action }: { Action: string | string[] }) => Action);
      for (const action of actions) expect(action).toMatch(/^(lambda|logs|sts):[A-Z]\w+$/);
    } else if ('metadata' in value) expect(() => assertValid('connector-result', value)).not.toThrow();
    else if ('name' in value) expect(() => parseProfile(value)).not.toThrow();
    else expect(() => parseFields(value)).not.toThrow();
  });
});
