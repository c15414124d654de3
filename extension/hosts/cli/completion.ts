import type { Command, Completion, Flag } from './command.ts';
import { firstWords, groupsIn, membersOf } from './find-command.ts';
import { namesOf } from './parse.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** The script that completes the commands in a shell. */
export function completionFor(shell: Shell, commands: readonly Command[]): string {
  return scripts[shell](commands);
}

const scripts: Readonly<Record<Shell, (commands: readonly Command[]) => string>> = { bash, zsh, fish };

const words = (commands: readonly Command[]) => [...firstWords(commands), 'help', 'version'];

/** Each word of a flag, aliases included, with its definition. */
function flagsOf(command: Command): [string, Flag][] {
  return [...namesOf(command)].map(([word, name]) => [word, command.flags[name] as Flag]);
}

/** A choice as one word: the parser reads any spelling. */
const oneWord = (choice: string) => choice.replaceAll(' ', '-');

function bash(commands: readonly Command[]): string {
  const values = commands.flatMap((command) =>
    flagsOf(command)
      .filter(([, { value }]) => value !== undefined)
      .map(([word, flag]) => `    '${command.name} --${word}') ${bashValues(flag)}; return ;;`),
  );
  const flags = commands.map(
    (command) =>
      `    '${command.name}') words='${[...namesOf(command).keys()].map((word) => `--${word}`).join(' ')}' ;;`,
  );
  const parameters = commands.flatMap(({ name, parameters: [first] }) =>
    first?.choices || first?.completes ? [`    '${name}') ${bashValues(first)} ;;`] : [],
  );
  const groups = groupsIn(commands).map(
    (first) => `  ${first})
    if [ "$COMP_CWORD" -eq 2 ]; then
      COMPREPLY=($(compgen -W '${membersOf(first, commands).join(' ')} --help' -- "$current"))
      return
    fi
    command="$command \${COMP_WORDS[2]}"
    ;;
`,
  );
  const choose = groups.length === 0 ? '' : `  case "$command" in\n${groups.join('')}  esac\n`;
  return `# bash completion of ue-aws-lambda: source <(ue-aws-lambda completion bash)
_ue_aws_lambda() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} command=\${COMP_WORDS[1]} words=''
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${words(commands).join(' ')} --help --version' -- "$current"))
    return
  fi
${choose}  case "$command $previous" in
${values.join('\n')}
  esac
  if [ "$command" = help ]; then
    COMPREPLY=($(compgen -W '${firstWords(commands).join(' ')}' -- "$current"))
    return
  fi
  case "$current" in
  -*)
    case "$command" in
${flags.join('\n')}
    esac
    COMPREPLY=($(compgen -W "$words --help" -- "$current"))
    ;;
  *)
    case "$command" in
${parameters.join('\n')}
    esac
    ;;
  esac
}
complete -F _ue_aws_lambda ue-aws-lambda
`;
}

function bashValues({ choices, completes }: { choices?: readonly string[]; completes?: Completion }): string {
  if (choices !== undefined) return `COMPREPLY=($(compgen -W '${choices.map(oneWord).join(' ')}' -- "$current"))`;
  if (completes === undefined) return 'COMPREPLY=()';
  return `COMPREPLY=($(compgen -${completes === 'folder' ? 'd' : 'f'} -- "$current"))`;
}

function zsh(commands: readonly Command[]): string {
  const groups = groupsIn(commands);
  const described = firstWords(commands).map((first) => {
    const [{ summary }] = commands.filter(({ name }) => name === first || name.startsWith(`${first} `)) as [Command];
    return `    '${first}:${zshText(groups.includes(first) ? membersOf(first, commands).join(', ') : summary)}'`;
  });
  const seconds = groups.map((first) => {
    const members = commands.filter(({ name }) => name.startsWith(`${first} `));
    const rows = members.map(({ name, summary }) => `'${name.slice(first.length + 1)}:${zshText(summary)}'`);
    return `    ${first})
      local -a members=(${rows.join(' ')})
      if (( CURRENT == 2 )); then
        _describe command members
        return
      fi
      command="$command $words[2]"
      shift words
      (( CURRENT-- ))
      ;;
`;
  });
  const choose = seconds.length === 0 ? '' : `  case $command in\n${seconds.join('')}  esac\n`;
  const cases = commands.map((command) => {
    const flags = flagsOf(command).map(
      ([word, flag]) =>
        `      '${flag.repeatable ? '*' : ''}--${word}[${zshText(firstSentence(flag.help))}]${zshValue(flag)}'`,
    );
    const parameters = command.parameters.map(
      ({ name, choices, completes }, index) => `      '${index + 1}:${name}:${zshAction({ choices, completes })}'`,
    );
    return `    '${command.name}')\n      _arguments -s \\\n${[...flags, ...parameters].map((line) => `  ${line}`).join(' \\\n')}\n      ;;`;
  });
  return `#compdef ue-aws-lambda
# zsh completion of ue-aws-lambda: ue-aws-lambda completion zsh > a file _ue-aws-lambda in a folder of $fpath
_ue_aws_lambda() {
  local -a commands=(
${described.join('\n')}
    'help:The page of a command'
    'version:The version'
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
${choose}  case $command in
${cases.join('\n')}
    help) _arguments '1:command:(${firstWords(commands).join(' ')})' ;;
  esac
}
if [ "$funcstack[1]" = _ue-aws-lambda ]; then _ue_aws_lambda "$@"; else compdef _ue_aws_lambda ue-aws-lambda; fi
`;
}

function zshText(text: string): string {
  return text.replaceAll("'", '’').replace(/[[\]:]/g, (char) => `\\${char}`);
}

function zshValue(flag: Flag): string {
  return flag.value === undefined ? '' : `:${flag.value}:${zshAction(flag)}`;
}

function zshAction({
  choices,
  completes,
}: {
  choices?: readonly string[] | undefined;
  completes?: Completion | undefined;
}) {
  if (choices !== undefined) return `(${choices.map(oneWord).join(' ')})`;
  return { file: '_files', folder: '_files -/', none: ' ' }[completes ?? 'none'];
}

function fish(commands: readonly Command[]): string {
  const start = 'complete -c ue-aws-lambda';
  const is = (name: string) => `-n '__ue_aws_lambda_is ${name}'`;
  const lines = commands.flatMap((command) => {
    const { name, parameters, summary } = command;
    const [first = '', second] = name.split(' ');
    const flags = flagsOf(command).map(
      ([word, flag]) => `${start} ${is(name)} -l ${word} ${fishValue(flag)} -d '${fishText(firstSentence(flag.help))}'`,
    );
    const values = parameters.flatMap(({ choices, completes }) =>
      choices ? [`${start} ${is(name)} -a '${choices.join(' ')}'`] : completes ? [`${start} ${is(name)} -F`] : [],
    );
    const itself =
      second === undefined
        ? `${start} -n __fish_use_subcommand -a ${first} -d '${fishText(summary)}'`
        : `${start} -n '__ue_aws_lambda_in ${first}' -a ${second} -d '${fishText(summary)}'`;
    return [itself, ...flags, ...values];
  });
  const groups = groupsIn(commands).map(
    (first) =>
      `${start} -n __fish_use_subcommand -a ${first} -d '${fishText(membersOf(first, commands).join(', '))}'\n`,
  );
  return `# fish completion of ue-aws-lambda: ue-aws-lambda completion fish > ~/.config/fish/completions/ue-aws-lambda.fish
function __ue_aws_lambda_is
  set -l words (commandline -opc)
  set -l last (math 1 + (count $argv))
  test "$words[2..$last]" = "$argv"
end
function __ue_aws_lambda_in
  set -l words (commandline -opc)
  test (count $words) -eq 2; and test "$words[2]" = "$argv[1]"
end
${start} -f
${start} -n __fish_use_subcommand -a help -d 'The page of a command'
${start} -n __fish_use_subcommand -a version -d 'The version'
${groups.join('')}${lines.join('\n')}
`;
}

function fishValue({ value, choices, completes }: Flag): string {
  if (value === undefined) return '';
  if (choices !== undefined) return `-x -a '${choices.map(oneWord).join(' ')}'`;
  return completes === undefined ? '-x' : '-r -F';
}

function fishText(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
}

function firstSentence(text: string): string {
  return text.split(/(?<=[.;:]) /)[0]?.replace(/[.;:]$/, '') ?? text;
}
