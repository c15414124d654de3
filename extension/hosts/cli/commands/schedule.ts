import type { Command, Flags } from '../command.ts';
import { connectionFlags, connectionNeeds, fieldFlag, otherFieldFlags } from '../field-flags.ts';
import {
  anyQueueFlag,
  databaseFlags,
  flowFlag,
  inlineSecretsFlags,
  keepFlag,
  priorityFlag,
  queueFlag,
  reportFlags,
} from '../fleet-flags.ts';
import { payloadFlags } from '../payload-flags.ts';

const when = 'When';
const group = 'The call';

const recurrence: Flags = {
  cron: {
    group: when,
    value: 'EXPRESSION',
    help: 'Minute, hour, day of the month, month, day of the week, such as "30 6 * * 1-5". There is no field for seconds.',
  },
  rrule: {
    group: when,
    value: 'RULE',
    help: 'A recurrence rule of RFC 5545, such as "FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=17;BYMINUTE=0".',
  },
  'time-zone': {
    group: when,
    value: 'ZONE',
    default: 'UTC',
    help: 'The time zone of the times, such as Europe/Berlin. A time that the clock skips in spring runs an hour later, one that it has twice in autumn runs once.',
  },
};

const own: Flags = {
  ...recurrence,
  missed: {
    group: when,
    value: 'WHAT',
    choices: ['skip', 'once'],
    default: 'skip',
    help: 'What is done about runs that were missed while no worker was there: nothing, or one run for the last of them.',
  },
  ...flowFlag,
  ...priorityFlag,
  ...keepFlag,
  ...inlineSecretsFlags,
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

const name = {
  name: 'NAME',
  help: 'The name of the schedule: letters, digits, _, . and -.',
};

const add: Command = {
  name: 'schedule add',
  summary: 'Submit a task or a flow again and again.',
  description:
    'Adds a schedule, or changes the one of that name. The workers submit the task or the flow at its times, each time once, within some seconds; so a worker must be there. A schedule that is added in a minute in which it is due runs at once.',
  parameters: [
    { ...name, missing: 'schedule add needs a name and a function: ue-aws-lambda schedule add NAME FUNCTION' },
    {
      name: 'FUNCTION',
      optional: true,
      completes: 'file',
      help: 'Name, name:alias or ARN of a function; or the FILE of a task’s fields or of a flow (its name has a dot or a slash).',
      missing: 'schedule add takes a name and one function: ue-aws-lambda schedule add NAME FUNCTION',
    },
  ],
  flags,
  exclusive: [
    ['cron', 'rrule'],
    ['payload', 'payload-file', 'data'],
  ],
  requires: connectionNeeds,
  examples: [
    {
      says: 'every working day at 6:30 in Berlin',
      command: `ue-aws-lambda schedule add invoices invoice --cron '30 6 * * 1-5' --time-zone Europe/Berlin`,
    },
    {
      says: 'the last Friday of each month, also when no worker was there then',
      command: `ue-aws-lambda schedule add closing ./task.json --rrule 'FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=17;BYMINUTE=0' --missed once`,
    },
  ],
  run: async (given) => (await import('../../fleet/schedule/command.ts')).addCommand(given, flags),
};

const list: Command = {
  name: 'schedule list',
  summary: 'List the schedules with their next runs.',
  description: 'Lists the schedules: a table on a terminal, lines of values between tabs on a pipe, or JSON lines.',
  parameters: [],
  flags: { ...anyQueueFlag, ...databaseFlags, ...reportFlags },
  examples: [{ says: 'all', command: 'ue-aws-lambda schedule list' }],
  run: async (given) => (await import('../../fleet/schedule/command.ts')).listCommand(given),
};

const remove: Command = {
  name: 'schedule remove',
  summary: 'Remove a schedule.',
  description: 'Removes a schedule. Tasks that it has submitted stay.',
  parameters: [{ ...name, missing: 'schedule remove needs a name: ue-aws-lambda schedule remove NAME' }],
  flags: { ...anyQueueFlag, ...databaseFlags, ...reportFlags },
  examples: [{ says: 'one', command: 'ue-aws-lambda schedule remove invoices' }],
  run: async (given) => (await import('../../fleet/schedule/command.ts')).removeCommand(given),
};

const preview: Command = {
  name: 'schedule preview',
  summary: 'Show the next times of a cron expression or a rule.',
  description: 'Prints the next times, in UTC and in the time zone. It needs no database.',
  parameters: [],
  flags: {
    ...recurrence,
    count: { group: when, value: 'N', range: [1, 1000], default: '5', help: 'How many times.' },
    json: { group: 'Output', help: 'Print JSON.' },
  },
  exclusive: [['cron', 'rrule']],
  examples: [
    {
      says: 'what a rule means',
      command: `ue-aws-lambda schedule preview --rrule 'FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=6;BYMINUTE=0' --time-zone Europe/Berlin`,
    },
  ],
  run: async (given) => (await import('../../fleet/schedule/command.ts')).previewCommand(given),
};

export const scheduleCommands: readonly Command[] = [add, list, remove, preview];
