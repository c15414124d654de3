import type { Command, Flags } from '../command.ts';
import { connectionFlags, connectionNeeds, fieldFlag, otherFieldFlags } from '../field-flags.ts';
import {
  databaseFlags,
  flowFlag,
  inlineSecretsFlags,
  keepFlag,
  priorityFlag,
  queueFlag,
  reportFlags,
} from '../fleet-flags.ts';
import { payloadFlags } from '../payload-flags.ts';

const what = 'What is submitted';
const group = 'The call';

const own: Flags = {
  each: {
    group: what,
    value: 'FILE',
    completes: 'file',
    help: 'A batch: one task for each line of FILE, which is its payload; - for standard input. All lines are checked before the first task is submitted.',
  },
  ...flowFlag,
  key: {
    group: what,
    value: 'TEXT',
    help: 'A name of your own for this work: submitted again with the same key, it is not done twice, as long as it is kept.',
  },
  ...priorityFlag,
  'start-after': {
    group: what,
    value: 'TIME',
    help: 'Do not run it before: a duration such as 90s, 10m, 2h, 1d, or a time such as 2027-01-31T06:00:00Z.',
  },
  ...keepFlag,
  ...inlineSecretsFlags,
  wait: {
    group: what,
    help: 'Wait for the end: the exit code is that of the task, the highest of a batch. Ctrl-C ends the wait, not the tasks.',
  },
  ...payloadFlags,
  ...fieldFlag('qualifier', group),
};

const flags: Flags = {
  ...own,
  ...databaseFlags,
  ...queueFlag,
  ...otherFieldFlags(group, 'Trigger Lambda Function', [own, connectionFlags]),
  ...reportFlags,
  ...connectionFlags,
};

export const submit: Command = {
  name: 'submit',
  summary: 'Put a task, a batch or a flow into the queue of the fleet.',
  description:
    'Puts work into the queue, from which the workers of the fleet take it (ue-aws-lambda worker), and prints its id. The fields are checked now. The files that they name are opened by the worker, so their paths must be absolute; a file of --payload is read now.',
  parameters: [
    {
      name: 'FUNCTION',
      optional: true,
      completes: 'file',
      help: 'Name, name:alias or ARN of a function; or the FILE of a task’s fields or of a flow (its name has a dot or a slash), - for fields on standard input.',
      missing: 'submit takes one function, or one FILE of fields: ue-aws-lambda submit FUNCTION',
    },
  ],
  flags,
  exclusive: [
    ['payload', 'payload-file', 'data', 'each'],
    ['flow', 'each'],
  ],
  requires: connectionNeeds,
  examples: [
    { says: 'one task', command: `ue-aws-lambda submit order --payload '{"id":"A-17"}'` },
    { says: 'the task of a JSON of fields, and its answer', command: 'ue-aws-lambda submit ./task.json --wait' },
    {
      says: 'a task for each line, once, however often this is run',
      command: 'ue-aws-lambda submit order --each events.ndjson --key orders-2027-01-31 --wait',
    },
  ],
  run: async (given) => (await import('../../fleet/submit/command.ts')).submitCommand(given, flags),
};
