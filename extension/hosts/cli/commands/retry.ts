import type { Command, Flags } from '../command.ts';
import { anyQueueFlag, databaseFlags, reportFlags } from '../fleet-flags.ts';

const flags: Flags = {
  'even-if-it-may-have-run': {
    group: 'Which',
    help: 'Also tasks that failed after the function ran or may have run: it can then run twice.',
  },
  ...anyQueueFlag,
  ...databaseFlags,
  ...reportFlags,
};

export const retry: Command = {
  name: 'retry',
  summary: 'Submit again what has certainly not run.',
  description:
    'Submits a new task in place of each that ended without its function having been started, of a batch all such. It can be repeated: each task is submitted again once. A task that succeeded is never submitted again, and one that may have run only when that is asked for.',
  parameters: [
    {
      name: 'ID',
      repeatable: true,
      help: 'The id of a task or a batch.',
      missing: 'retry needs the id of a task or a batch: ue-aws-lambda retry ID',
    },
  ],
  flags,
  examples: [{ says: 'what was not started of a batch', command: 'ue-aws-lambda retry "$BATCH"' }],
  run: async (given) => (await import('../../fleet/reports/retry.ts')).retryCommand(given),
};
