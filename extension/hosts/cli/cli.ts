import { CancelledError } from '../../errors.ts';
import { statuses } from '../../outcome/status.ts';
import { version } from '../../version.ts';
import { print } from '../process/print.ts';
import type { Command } from './command.ts';
import { commands } from './commands.ts';
import { overview, page } from './help.ts';
import { nearest } from './nearest.ts';
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
    const command = commands.find(({ name }) => name === word);
    const see = error instanceof UsageError ? `See ue-aws-lambda ${command ? `${command.name} ` : ''}--help\n` : '';
    process.stderr.write(`ue-aws-lambda: ${message}\n${see}`);
    return statuses.DATA_VALIDATION_ERROR.exitCode;
  }
}

async function dispatch(word: string | undefined, words: readonly string[]): Promise<number> {
  if (word === undefined) throw new UsageError('no command given');
  if (helpWords.has(word) || word === 'help') return help(words);
  if (versionWords.has(word)) return show(`${version}\n`);
  const command = commandOf(word);
  if (asksForHelp(words)) return show(page(command));
  return command.run(parse(command, words, commands), commands);
}

function asksForHelp(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  return words.slice(0, end === -1 ? words.length : end).some((word) => helpWords.has(word));
}

function help([word, ...more]: readonly string[]): Promise<number> {
  if (word === undefined || word.startsWith('-')) return show(overview(commands));
  if (more.length > 0) throw new UsageError(`help takes one command; what is ${more[0]}?`);
  return show(page(commandOf(word)));
}

function commandOf(word: string): Command {
  const found = commands.find(({ name }) => name === word);
  if (found !== undefined) return found;
  const near = nearest(word, [...commands.map(({ name }) => name), 'help', 'version']);
  throw new UsageError(`no such command: ${word}${near === undefined ? '' : `; did you mean ${near}?`}`);
}

async function show(text: string): Promise<number> {
  await print(text);
  return 0;
}
