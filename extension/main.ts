import { exitWhenDone } from './hosts/process/exit.ts';
import { logTo } from './hosts/process/log.ts';
import { dropNodeDebug } from './hosts/process/node-debug.ts';
import { print } from './hosts/process/print.ts';
import { requestOf } from './hosts/run/options.ts';
import { refuse, run } from './hosts/run/run.ts';
import { help } from './hosts/run/usage.ts';
import { version } from './version.ts';

/** The command line. `run` is the fast path; everything else loads only when it is asked for. */
async function main([command, ...args]: readonly string[]): Promise<number> {
  switch (command) {
    case 'run':
      return runCommand(args);
    case '--version':
      return show(`${version}\n`);
    default: {
      const { people } = await import('./hosts/cli/cli.ts');
      return people(command, args);
    }
  }
}

async function runCommand(args: readonly string[]): Promise<number> {
  const request = requestOf(args);
  switch (request.kind) {
    case 'run':
      return run(request.options);
    case 'check':
      return run(request.options, (await import('./actions/check/perform.ts')).check);
    case 'help':
      return show(help);
    case 'refused':
      return refuse(request.message);
  }
}

async function show(text: string): Promise<number> {
  await print(text);
  return 0;
}

if (dropNodeDebug()) {
  logTo('warn').warn('NODE_DEBUG is set: what Node prints for it is dropped, since it would show the session token');
}

main(process.argv.slice(2)).then(exitWhenDone);
