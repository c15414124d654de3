import type { Command } from '../command.ts';
import { anyQueueFlag, databaseFlags, reportFlags } from '../fleet-flags.ts';

export const status: Command = {
  name: 'status',
  summary: 'Show the state of the queues, or of a task, a batch or a flow.',
  description:
    'Without an id: how many tasks of each queue wait, run and have ended, how fast, and how many workers there are. With ids: where each task is, since when and with which worker, or the counts of a batch or a flow.',
  parameters: [
    {
      name: 'ID',
      optional: true,
      repeatable: true,
      help: 'The id of a task, a batch or a flow, as submit prints it.',
      missing: 'status takes ids of tasks, batches and flows',
    },
  ],
  flags: { ...anyQueueFlag, ...databaseFlags, ...reportFlags },
  examples: [
    { says: 'all queues', command: 'ue-aws-lambda status' },
    { says: 'one batch, as JSON', command: 'ue-aws-lambda status "$BATCH" --json' },
  ],
  run: async (given) => (await import('../../fleet/reports/status.ts')).statusCommand(given),
};
