import { type Flags, type Given, textOf } from './command.ts';

const group = 'The fleet';

/** Where the jobs are: flags of every command of the fleet. */
export const databaseFlags: Flags = {
  database: {
    group,
    value: 'URL',
    help: 'The PostgreSQL database of the fleet, such as postgres://user@host/fleet. Unset: the variable DATABASE_URL, else a database of this user on this host.',
  },
};

export const queueFlag: Flags = {
  queue: { group, value: 'NAME', default: 'lambda', help: 'The queue.' },
};

/** For commands that look at all queues unless one is named. */
export const anyQueueFlag: Flags = {
  queue: { group, value: 'NAME', help: 'Only this queue. Unset: all of them.' },
};

export const secretKeyFlag: Flags = {
  'secret-key-file': {
    group,
    value: 'FILE',
    completes: 'file',
    help: 'Keys for secrets in fields, 32 bytes in base64 a line: the first encrypts, all decrypt. Unset: the variable UE_AWS_LAMBDA_SECRET_KEY.',
  },
};

const submitted = 'What is submitted';

export const flowFlag: Flags = {
  flow: { group: submitted, value: 'FILE', completes: 'file', help: 'A flow of tasks, in JSON or YAML.' },
};

export const priorityFlag: Flags = {
  priority: {
    group: submitted,
    value: 'N',
    range: [0, 9999],
    default: '0',
    help: 'Tasks of a higher one run first.',
  },
};

export const inlineSecretsFlags: Flags = {
  'allow-inline-secrets': {
    group: submitted,
    help: 'Take credentials that stand in the fields, and store them encrypted. Without it only references are taken.',
  },
  ...secretKeyFlag,
};

export const keepFlag: Flags = {
  keep: {
    group,
    value: 'DAYS',
    range: [1, 3650],
    help: 'Days that a task is kept with its result after its end. Unset: as the queue says, 7 days when nobody has said.',
  },
};

/** Seconds for `--keep`; absent when it is not given. */
export function keepOf(given: Given): { readonly deleteAfterSeconds?: number } {
  const days = textOf(given, 'keep');
  return days === undefined ? {} : { deleteAfterSeconds: Number(days) * 86_400 };
}

const output = 'Output';

/** Flags of the reports. */
export const reportFlags: Flags = {
  json: { group: output, help: 'Print JSON.' },
  quiet: { group: output, help: 'Print nothing on standard error but errors.' },
  'no-color': { group: output, help: 'No colours; so does the variable NO_COLOR.' },
};

/** Which tasks a list is of. */
export const selectFlags: Flags = {
  function: { group: 'Which', value: 'NAME', help: 'Only tasks of this function, as it was given at submit.' },
  since: {
    group: 'Which',
    value: 'TIME',
    help: 'Only tasks submitted since then: a duration such as 10m, 2h or 1d, or a time such as 2027-01-31T06:00:00Z.',
  },
};
