import type { Command, Flags } from '../command.ts';
import { anyQueueFlag, databaseFlags, reportFlags, selectFlags } from '../fleet-flags.ts';

const flags: Flags = {
  state: {
    group: 'Which',
    value: 'STATE',
    choices: ['waiting', 'scheduled', 'blocked', 'running', 'completed', 'failed', 'cancelled'],
    help: 'Only tasks in this state.',
  },
  unknown: { group: 'Which', help: 'Only tasks of which it is not known whether the function ran.' },
  batch: { group: 'Which', value: 'ID', help: 'Only tasks of this batch or flow.' },
  ...selectFlags,
  limit: { group: 'Which', value: 'N', range: [1, 1_000_000], default: '50', help: 'At most so many.' },
  ...anyQueueFlag,
  ...databaseFlags,
  ...reportFlags,
};

export const tasks: Command = {
  name: 'tasks',
  summary: 'List the tasks of the fleet, the newest first.',
  description:
    'Lists tasks in all states: a table on a terminal, lines of values between tabs on a pipe, or JSON lines.',
  parameters: [],
  flags,
  examples: [
    { says: 'what runs now', command: 'ue-aws-lambda tasks --state running' },
    { says: 'of which it is not known whether they ran', command: 'ue-aws-lambda tasks --unknown --since 1d' },
  ],
  run: async (given) => (await import('../../fleet/reports/tasks.ts')).tasksCommand(given),
};
