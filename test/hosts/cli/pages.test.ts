import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
// @ts-expect-error a build script without types
import { cliPages } from '../../../build/derive/cli-pages.mjs';
import { commands, sections } from '../../../extension/hosts/cli/commands.ts';
import { overview, page } from '../../../extension/hosts/cli/help.ts';
import { namesOf } from '../../../extension/hosts/cli/parse.ts';
import { fieldNames } from '../../../extension/task/wire.ts';
import { root, runProgram } from '../../support/run-program.ts';

const folder = mkdtempSync(join(tmpdir(), 'ue-aws-lambda-pages-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('docs/cli.md is fresh; if not: npm run generate', async () => {
  expect(readFileSync(`${root}docs/cli.md`, 'utf8')).toBe((await cliPages()).markdown);
});

test('no page of a command names a field that nobody types there', () => {
  for (const command of commands.filter(({ name }) => !['run', 'worker'].includes(name))) {
    const text = page(command);
    const [flags = ''] = text.split('\nExamples\n');
    const named = fieldNames.filter((field) => field.includes('_') && new RegExp(`\\b${field}\\b`).test(flags));
    expect([command.name, named]).toEqual([command.name, []]);
    expect(text.split('\n').filter((line) => line.length > 80 && !line.startsWith('  ue-aws-lambda'))).toEqual([]);
  }
  expect(
    overview(sections)
      .split('\n')
      .filter((line) => line.length > 80),
  ).toEqual([]);
});

test('the man page of the build names every command and flag', () => {
  const text = readFileSync(`${root}dist/man/ue-aws-lambda.1`, 'utf8').replaceAll('\\-', '-');
  for (const { name, flags } of commands) {
    expect(text).toContain(`.SS ue-aws-lambda ${name}`);
    for (const flag of Object.keys(flags)) expect(text).toContain(`.B --${flag}`);
  }
});

describe('completion', () => {
  const completed = (words: string) => {
    const script = `
      source <(${process.execPath} ${root}dist/main.cjs completion bash)
      COMP_WORDS=(ue-aws-lambda ${words}); COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 ))
      _ue_aws_lambda; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return spawnSync('bash', ['-c', script], { encoding: 'utf8', cwd: root }).stdout.trim().split('\n');
  };

  test.each([
    ['in', ['invoke']],
    ['invoke --time', ['--timeout']],
    ['invoke --output ""', ['text', 'json', 'raw']],
    ['test --ev', ['']],
    ['local exampl', ['examples']],
    ['run --fields READ', ['README.md']],
    ['completion ""', ['bash', 'zsh', 'fish']],
  ])('of %s in bash', (words, expected) => {
    expect(completed(words)).toEqual(expected);
  });

  test.each(['zsh', 'fish'])('for %s knows every flag and is a valid script', async (shell) => {
    const { stdout } = await runProgram(['completion', shell]);
    for (const command of commands) {
      for (const word of namesOf(command).keys())
        expect(stdout).toContain(shell === 'zsh' ? `--${word}` : `-l ${word} `);
    }
    const file = join(folder, shell);
    writeFileSync(file, stdout);
    const check = spawnSync(shell, ['-n', file], { encoding: 'utf8' });
    if (check.error === undefined) expect([check.status, check.stderr]).toEqual([0, '']); // when there is such a shell
  });

  test('of a shell that is not known is refused', async () => {
    expect((await runProgram(['completion', 'fsh'])).stderr).toContain(
      'SHELL must be one of bash, zsh, fish; did you mean',
    );
  });
});

test('a task loads nothing of the commands for people', () => {
  const program = readFileSync(`${root}dist/program.cjs`, 'utf8');
  const others = readdirSync(`${root}dist`).filter((name) => name.endsWith('.cjs') && name !== 'program.cjs');
  for (const text of ['Usage: ue-aws-lambda', 'contradict each other', 'no JMESPath expression', 'Ctrl-C cancels']) {
    expect(program.includes(text)).toBe(false);
    expect(others.some((name) => readFileSync(`${root}dist/${name}`, 'utf8').includes(text))).toBe(true);
  }
});
