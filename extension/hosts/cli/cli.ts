import { CancelledError } from '../../errors.ts';
import { statuses } from '../../outcome/status.ts';
import { version } from '../../version.ts';
import { print } from '../process/print.ts';
import { commands, sections } from './commands.ts';
import { findCommand, membersOf } from './find-command.ts';
import { groupPage, overview, page } from './help.ts';
import { parse } from './parse.ts';
import { UsageError } from './usage-error.ts';

const helpWords = new Set(['--help', '-h']);
const versionWords = new Set(['--version', '-v', '-V', 'version']);

/** Runs a command for people. What cannot be understood is said on standard error, with exit code 20. */
export async function people(word: string | undefined, words: readonly string[]): Promise<number> {
  try {
    return await dispatch(word, words);
  } catch (error) {
    if (error instanceof CancelledError) {
      process.stderr.write('CANCELLED: nothing was sent\n');
      return statuses.CANCELLED.exitCode;
    }
    const { message } = error as Error;
    const see = error instanceof UsageError ? `See ue-aws-lambda ${named(word, words)}--help\n` : '';
    process.stderr.write(`ue-aws-lambda: ${message}\n${see}`);
    return statuses.DATA_VALIDATION_ERROR.exitCode;
  }
}

async function dispatch(word: string | undefined, words: readonly string[]): Promise<number> {
  if (word === undefined) throw new UsageError('no command given');
  if (helpWords.has(word) || word === 'help') return help(words);
  if (versionWords.has(word)) return show(`${version}\n`);
  const found = findCommand([word, ...words], commands);
  if (found.kind === 'group') {
    if (asksForHelp(found.rest)) return show(groupPage(found.name, commands));
    throw new UsageError(`${found.name} needs one of ${membersOf(found.name, commands).join(', ')}`);
  }
  const { command, rest } = found;
  if (asksForHelp(rest)) return show(page(command));
  return command.run(parse(command, rest, commands), commands);
}

/** The command whose help is worth reading, with a blank behind it; nothing when there is none. */
function named(word: string | undefined, words: readonly string[]): string {
  const name = [`${word} ${words[0]}`, word].find((one) => commands.some((command) => command.name === one));
  if (name !== undefined) return `${name} `;
  return word !== undefined && membersOf(word, commands).length > 0 ? `${word} ` : '';
}

function asksForHelp(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  return words.slice(0, end === -1 ? words.length : end).some((word) => helpWords.has(word));
}

function help(words: readonly string[]): Promise<number> {
  const [word] = words;
  if (word === undefined || word.startsWith('-')) return show(overview(sections));
  const found = findCommand(words, commands);
  const [extra] = found.rest;
  if (extra !== undefined) throw new UsageError(`help takes one command; what is ${extra}?`);
  return show(found.kind === 'group' ? groupPage(found.name, commands) : page(found.command));
}

async function show(text: string): Promise<number> {
  await print(text);
  return 0;
}
