import type { Command } from '../command.ts';

const group = 'Flags';

/** `main.ts` runs it, in a file of its own that starts fast; here it is described. */
export const run: Command = {
  name: 'run',
  summary: 'Run one task for a job controller: JSON in, JSON and an exit code out.',
  description:
    'Runs one task. The JSON of its fields comes from a file or standard input. The extension output, one JSON document and nothing else, goes to standard output; the log goes to standard error. SIGTERM, SIGINT and SIGHUP cancel the task; the output is still written.',
  parameters: [],
  flags: {
    fields: { group, value: 'FILE', completes: 'file', help: 'The JSON of fields. Unset: standard input.' },
    output: {
      group,
      value: 'FILE',
      completes: 'file',
      help: 'Also write the extension output to this file, whole or not at all.',
    },
    check: {
      group,
      help: 'Validate the fields and say what would be done, with which region, endpoint and credentials; send nothing.',
    },
    'log-level': {
      group,
      value: 'LEVEL',
      choices: ['error', 'warn', 'info', 'debug'],
      default: 'info',
      help: 'How much of the log to write.',
    },
  },
  examples: [
    {
      says: 'fields from a file, the output also to a file',
      command: 'ue-aws-lambda run --fields task.json --output out.json',
    },
    {
      says: 'fields from standard input',
      command: `echo '{"function_name":"hello","region":"eu-west-1"}' | ue-aws-lambda run`,
    },
  ],
  run: async () => {
    throw new Error('run is started by main.ts');
  },
};
