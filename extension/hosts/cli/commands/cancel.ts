import type { Command } from '../command.ts';
import { anyQueueFlag, databaseFlags, reportFlags } from '../fleet-flags.ts';

export const cancel: Command = {
  name: 'cancel',
  summary: 'Cancel tasks, batches or flows.',
  description:
    'Cancels what has not ended. A task that waits does not run. A task that runs is ended by its worker within seconds as run ends on a signal; its result says what is known of the function.',
  parameters: [
    {
      name: 'ID',
      repeatable: true,
      help: 'The id of a task, a batch or a flow.',
      missing: 'cancel needs the id of a task, a batch or a flow: ue-aws-lambda cancel ID',
    },
  ],
  flags: { ...anyQueueFlag, ...databaseFlags, ...reportFlags },
  examples: [{ says: 'a batch', command: 'ue-aws-lambda cancel "$BATCH"' }],
  run: async (given) => (await import('../../fleet/reports/cancel.ts')).cancelCommand(given),
};
