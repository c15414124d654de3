import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { Command } from '../../../extension/hosts/cli/command.ts';
import { commands as all } from '../../../extension/hosts/cli/commands.ts';
import { completionFor, type Shell } from '../../../extension/hosts/cli/completion.ts';
import { findCommand, groupsIn } from '../../../extension/hosts/cli/find-command.ts';
import { groupPage, overview } from '../../../extension/hosts/cli/help.ts';

const command = (name: string, summary: string): Command => ({
  ...{ name, summary, description: summary, parameters: [], examples: [] },
  flags: { [`of-${name.replace(' ', '-')}`]: { group: 'Flags', help: 'A flag.' } },
  run: async () => 0,
});

const commands = [
  command('invoke', 'Call it'),
  command('schedule add', 'Add a schedule'),
  command('schedule remove', 'Remove a schedule'),
  command('tasks', 'List the tasks'),
];

const folder = mkdtempSync(join(tmpdir(), 'ue-aws-lambda-subcommands-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the words of a command line', () => {
  test.each([
    ['invoke f --event', 'invoke', ['f', '--event']],
    ['schedule add x', 'schedule add', ['x']],
    ['tasks', 'tasks', []],
    ['tasks other', 'tasks', ['other']],
  ])('%s', (line, name, rest) => {
    expect(findCommand(line.split(' '), commands)).toEqual({
      kind: 'command',
      command: expect.objectContaining({ name }),
      rest,
    });
  });

  test.each([['schedule'], ['schedule --help']])('%s', (line) => {
    expect(findCommand(line.split(' '), commands)).toMatchObject({ kind: 'group', name: 'schedule' });
  });

  test.each([
    ['schedule ad', 'no such command: schedule ad; did you mean schedule add?'],
    ['shedule add', 'no such command: shedule; did you mean schedule?'],
    ['schedule xyzzy', 'no such command: schedule xyzzy'],
  ])('%s is refused', (line, message) => {
    expect(() => findCommand(line.split(' '), commands)).toThrow(message);
  });
});

test('a first word that several commands share is no command of its own', () => {
  const names = all.map(({ name }) => name);
  for (const first of groupsIn(all)) expect(names).not.toContain(first);
});

test('the pages list them', () => {
  expect(overview({ Commands: commands })).toContain('  schedule remove  Remove a schedule\n');
  expect(groupPage('schedule', commands)).toContain('  schedule add     Add a schedule\n');
  expect(groupPage('schedule', commands)).not.toContain('invoke');
});

describe('completion', () => {
  const script = (shell: Shell) => {
    const file = join(folder, shell);
    writeFileSync(file, completionFor(shell, commands));
    return file;
  };

  const bash = (line: string) => {
    const words = `source ${script('bash')}; COMP_WORDS=(ue-aws-lambda ${line}); COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 ))
      _ue_aws_lambda; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return spawnSync('bash', ['-c', words], { encoding: 'utf8' }).stdout.trim().split('\n');
  };
  const fish = (line: string) => {
    const words = `source ${script('fish')}; complete -C 'ue-aws-lambda ${line.replaceAll('""', '')}'`;
    const { stdout } = spawnSync('fish', ['--no-config', '-c', words], { encoding: 'utf8' });
    return stdout
      .trim()
      .split('\n')
      .map((row) => row.split('\t')[0]);
  };
  const shells = [
    ['bash', bash],
    ['fish', fish],
  ] as const;

  describe.each(shells.filter(([shell]) => spawnSync(shell, ['-c', 'true']).error === undefined))('in %s', (_, of) => {
    test.each([
      ['sched', ['schedule']],
      ['schedule re', ['remove']],
      ['schedule add --of', ['--of-schedule-add']],
      ['schedule remove --of', ['--of-schedule-remove']],
      ['invoke --of', ['--of-invoke']],
    ])('%s', (line, expected) => {
      expect(of(line)).toEqual(expected);
    });
  });

  test.each(['zsh', 'fish'] as const)('the script for %s can be read', (shell) => {
    const check = spawnSync(shell, ['-n', script(shell)], { encoding: 'utf8' });
    if (check.error === undefined) expect([check.status, check.stderr]).toEqual([0, '']); // when there is such a shell
  });
});
