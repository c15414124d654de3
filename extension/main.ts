import { parseArgs } from 'node:util';
import { type Level, levels } from './hosts/process/log.ts';
import { refuse, run } from './hosts/run/run.ts';
import { version } from './version.ts';

/** The command line. `run` is the fast path; whatever else there is loads only when it is asked for. */
async function main([command, ...words]: readonly string[]): Promise<number> {
  switch (command) {
    case 'run':
      return runCommand(words);
    case '--version':
      process.stdout.write(`${version}\n`);
      return 0;
    default: {
      const { people } = await import('./hosts/cli/cli.ts');
      return people(command, words);
    }
  }
}

async function runCommand(words: readonly string[]): Promise<number> {
  const options = { fields: { type: 'string' }, output: { type: 'string' }, 'log-level': { type: 'string' } } as const;
  let parsed: { fields?: string; output?: string; 'log-level'?: string };
  try {
    parsed = parseArgs({ args: [...words], options }).values;
  } catch (error) {
    return refuse(`${(error as Error).message.split('. ')[0]}; usage: ${usage}`);
  }
  const { 'log-level': level = 'info', ...paths } = parsed;
  if (!levels.includes(level as Level))
    return refuse(`--log-level must be one of ${levels.join(', ')}; usage: ${usage}`);
  return run({ ...paths, logLevel: level as Level });
}

const usage = 'ue-aws-lambda run [--fields FILE] [--output FILE] [--log-level error|warn|info|debug]';

main(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
  // All is said. What still holds the process, such as a credential_process that hangs, must not keep it.
  setTimeout(() => process.exit(), 250).unref();
});
