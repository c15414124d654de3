import { statuses } from '../../outcome/status.ts';
import type { Command, Flag } from './command.ts';
import { definitions, wrap } from './text.ts';
import { wordingOf } from './wording.ts';

const width = 80;
const left = 26;

/** The page of all commands, under their titles. */
export function overview(sections: Readonly<Record<string, readonly Command[]>>): string {
  const column = columnOf(Object.values(sections).flat());
  const lists = Object.entries(sections).map(([title, commands]) => {
    const rows = commands.map(({ name, summary }): [string, string] => [name, summary]);
    return `${title}\n${definitions(rows, column, width)}`;
  });
  return `ue-aws-lambda runs an AWS Lambda function as one step of a workflow, at most
once, and says whether it ran.

Usage: ue-aws-lambda COMMAND [ARGUMENTS] [FLAGS]

${lists.join('\n')}
  ue-aws-lambda help COMMAND     the flags of a command and examples
  ue-aws-lambda --version        the version

Exit codes
${definitions(exitCodes(), 8, width)}
First steps
  ue-aws-lambda test
  ue-aws-lambda list
  ue-aws-lambda invoke FUNCTION --payload '{"id": 1}' --tail
`;
}

/** The page of the commands that share a first word. */
export function groupPage(first: string, commands: readonly Command[]): string {
  const members = commands.filter(({ name }) => name.startsWith(`${first} `));
  return `Usage: ue-aws-lambda ${first} COMMAND [ARGUMENTS] [FLAGS]

Commands
${definitions(
  members.map(({ name, summary }) => [name, summary]),
  columnOf(members),
  width,
)}
  ue-aws-lambda help ${first} COMMAND     the flags of a command and examples
`;
}

/** Where the second column of a list of commands begins. */
function columnOf(commands: readonly Command[]): number {
  return Math.max(14, ...commands.map(({ name }) => name.length + 4));
}

/** The page of one command. */
export function page(command: Command): string {
  const { description, parameters, examples } = command;
  const parts = [
    `Usage: ${usage(command)}\n`,
    `${wrap(description, width).join('\n')}\n`,
    ...(parameters.length === 0
      ? []
      : [
          `Arguments\n${definitions(
            parameters.map(({ name, help, choices }) => [name, withFacts(help, choices && { choices })]),
            left,
            width,
          )}`,
        ]),
    ...groupsOf(command).map(([title, rows]) => `${title}\n${definitions(rows, left, width)}`),
    `Examples\n${examples.map(({ says, command: line }) => `  # ${says}\n  ${line}\n`).join('\n')}`,
  ];
  return parts.join('\n');
}

export function usage({ name, parameters, flags }: Command): string {
  const words = parameters.map(({ name: word, optional, repeatable }) => {
    const shown = repeatable ? `${word}...` : word;
    return optional ? `[${shown}]` : shown;
  });
  return ['ue-aws-lambda', name, ...words, ...(Object.keys(flags).length > 0 ? ['[FLAGS]'] : [])].join(' ');
}

/** The flags of a command by their groups, each with what its value may be. */
export function groupsOf(command: Command): [string, [string, string][]][] {
  const groups = new Map<string, [string, string][]>();
  for (const [name, flag] of Object.entries(command.flags)) {
    const rows = groups.get(flag.group) ?? [];
    rows.push([flagWords(name, flag), helpOf(command, flag)]);
    groups.set(flag.group, rows);
  }
  return [...groups];
}

/** The help of a flag. The descriptions of fields name other fields: nobody types those here. */
export function helpOf(command: Command, flag: Flag): string {
  return withFacts(wordingOf(command, { typed: new Map() }).in(flag.help), flag);
}

export function flagWords(name: string, { value }: Flag): string {
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}

/** A help text with choices, range, default and other names. */
export function withFacts(help: string, facts: Partial<Flag> = {}): string {
  const { choices, range, default: usual, repeatable, aliases = [] } = facts;
  const said = [
    ...(choices ? [`One of: ${choices.join(', ')}.`] : []),
    ...(range ? [`From ${range[0]} to ${range[1]}.`] : []),
    ...(usual === undefined ? [] : [`Default: ${usual}.`]),
    ...(repeatable ? ['May be given more than once.'] : []),
    ...(aliases.length > 0 ? [`Also: ${aliases.map((alias) => `--${alias}`).join(', ')}.`] : []),
  ];
  return [help, ...said].join(' ');
}

/** Each exit code once, with the statuses that have it. */
export function exitCodes(): [string, string][] {
  const codes = new Map<string, string>();
  for (const [name, { exitCode }] of Object.entries(statuses)) {
    const before = codes.get(String(exitCode));
    codes.set(String(exitCode), before === undefined ? name : `${before}, ${name}`);
  }
  return [...codes];
}
