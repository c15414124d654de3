import { type Command, type Given, textOf } from '../command.ts';

export const local: Command = {
  name: 'local',
  summary: 'Serve the handler files of a folder as functions, without AWS.',
  description:
    'Serves every handler file of DIR (NAME.mjs, NAME.js, NAME.cjs, NAME/index.*) as a Lambda function on the loopback, until Ctrl-C. It verifies signatures: the key local / local-secret may do everything, denied / denied-secret is known and may do nothing. A function whose config has durableConfig: { executionTimeout: SECONDS } is a durable one. What the functions log can be read as from CloudWatch Logs; loggingConfig: { logFormat, logGroup } says how and where.',
  parameters: [
    {
      name: 'DIR',
      help: 'The folder of the handler files.',
      completes: 'folder',
      missing: 'local needs the folder of the handler files: ue-aws-lambda local DIR',
    },
  ],
  flags: {
    port: {
      group: 'Flags',
      value: 'N',
      default: '9001',
      help: 'Port to listen on, from 0 to 65535; 0 takes a free one.',
    },
    'time-scale': {
      group: 'Flags',
      value: 'N',
      default: '1',
      help: 'Waits, retries and timeouts of durable executions pass N times as quickly.',
    },
  },
  examples: [
    { says: 'serve the functions of a folder', command: 'ue-aws-lambda local examples/functions' },
    { says: 'on a free port', command: 'ue-aws-lambda local examples/functions --port 0' },
  ],
  run,
};

async function run(given: Given): Promise<number> {
  const [{ serve }, { UsageError }] = await Promise.all([import('../local-server.ts'), import('../usage-error.ts')]);
  const [directory = ''] = given.parameters;
  const port = textOf(given, 'port') ?? '9001';
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new UsageError('--port must be a number from 0 to 65535; 0 takes a free port');
  }
  const scale = textOf(given, 'time-scale') ?? '1';
  if (!/^\d{1,7}(\.\d+)?$/.test(scale) || Number(scale) < 1) {
    throw new UsageError('--time-scale must be a number from 1: how many times as quickly durable executions wait');
  }
  return serve(directory, Number(port), Number(scale));
}
