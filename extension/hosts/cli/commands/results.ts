import type { Command, Flags } from '../command.ts';
import { anyQueueFlag, databaseFlags, reportFlags, selectFlags } from '../fleet-flags.ts';

const flags: Flags = {
  failed: { group: 'Which', help: 'Only tasks that did not succeed.' },
  unknown: { group: 'Which', help: 'Only tasks of which it is not known whether the function ran.' },
  ...selectFlags,
  limit: { group: 'Which', value: 'N', range: [1, 999_999_999], help: 'At most so many. Unset: all.' },
  output: {
    group: 'Output',
    value: 'FORM',
    choices: ['table', 'ndjson', 'document'],
    help: 'table for people, ndjson a line of JSON for each task with its extension output, document the extension outputs alone. Unset: a table on a terminal, else ndjson; document for one task.',
  },
  ...anyQueueFlag,
  ...databaseFlags,
  ...reportFlags,
};

export const results: Command = {
  name: 'results',
  summary: 'Show the results of tasks that have ended.',
  description:
    'Prints the extension output of a task, or the results of a batch in the order of its lines, of a flow, or of all tasks. Of a task that was submitted again by retry, the batch shows the last. Any number of results takes the same memory.',
  parameters: [
    {
      name: 'ID',
      optional: true,
      help: 'The id of a task, a batch or a flow. Unset: all tasks.',
      missing: 'results takes one id: ue-aws-lambda results ID',
    },
  ],
  flags,
  exclusive: [['output', 'json']],
  examples: [
    { says: 'what failed in a batch', command: 'ue-aws-lambda results "$BATCH" --failed' },
    { says: 'the extension output of a task', command: 'ue-aws-lambda results "$ID"' },
  ],
  run: async (given) => (await import('../../fleet/reports/results.ts')).resultsCommand(given),
};
