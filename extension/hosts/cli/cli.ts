import leven from 'leven';
import { statuses } from '../../outcome/status.ts';
import { help } from './help.ts';
import { UsageError } from './usage-error.ts';

/** The commands for people; each module loads only when its command is given. */
const commands: Readonly<Record<string, (words: readonly string[]) => Promise<number>>> = {
  local: async (words) => (await import('./local.ts')).local(words),
  invoke: async (words) => (await import('./task-commands.ts')).invoke(words),
  list: async (words) => (await import('./task-commands.ts')).list(words),
  test: async (words) => (await import('./task-commands.ts')).test(words),
};

/** Runs a command for people. What cannot be understood is said on standard error, with exit code 20. */
export async function people(command: string | undefined, words: readonly string[]): Promise<number> {
  const run = Object.hasOwn(commands, command ?? '') ? commands[command as string] : undefined;
  if (command === '--help' || command === '-h' || command === 'help' || words.includes('--help')) {
    process.stdout.write(help(run === undefined ? undefined : command));
    return 0;
  }
  try {
    if (run === undefined)
      throw new UsageError(command === undefined ? 'no command given' : `no such command: ${command}`);
    return await run(words);
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    const misread = code?.startsWith('ERR_PARSE_ARGS') === true;
    // Node's own message goes on with advice on positional arguments, of which there is none to give.
    const said = misread ? `${message.split('. ')[0]}${await hint(message)}` : message;
    const usage = misread || error instanceof UsageError;
    process.stderr.write(
      `ue-aws-lambda: ${said}\n${usage ? `See ue-aws-lambda ${run ? `${command} ` : ''}--help\n` : ''}`,
    );
    return statuses.DATA_VALIDATION_ERROR.exitCode;
  }
}

/** The flag that was probably meant. */
async function hint(message: string): Promise<string> {
  const word = /Unknown option '--([\w-]+)/.exec(message)?.[1];
  if (word === undefined) return '';
  const { flagsOf } = await import('./flags.ts');
  const near = Object.keys(flagsOf()).find((flag) => leven(flag, word) <= 2);
  return near === undefined ? '' : `; did you mean --${near}?`;
}
