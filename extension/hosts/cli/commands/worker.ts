import { type Command, type Flags, type Given, has, textOf } from '../command.ts';
import { databaseFlags, secretKeyFlag } from '../fleet-flags.ts';

const fleet = 'The fleet';
const limits = 'Limits';
const end = 'The end of the worker';
const watch = 'Watching it';

const flags: Flags = {
  ...databaseFlags,
  queue: {
    group: fleet,
    value: 'NAME',
    default: 'lambda',
    repeatable: true,
    help: 'The queue to work on.',
  },
  concurrency: {
    group: fleet,
    value: 'N',
    default: '16',
    range: [1, 20_000],
    help: 'Tasks that run at once. A durable execution that is waited for takes one of them.',
  },
  poll: {
    group: fleet,
    value: 'SECONDS',
    default: '2',
    help: 'Seconds between two looks at a queue that was empty, 0.1 to 60. Submitting wakes a worker in any case.',
  },
  ...secretKeyFlag,
  files: {
    group: fleet,
    value: 'DIR',
    repeatable: true,
    completes: 'folder',
    help: 'Tasks may name files of this folder only, for payloads, answers, logs and credentials; without it they may name every file that the worker can open.',
  },
  'function-concurrency': {
    group: limits,
    value: 'N',
    repeatable: true,
    help: 'Calls of one function that this worker makes at once: N for every function, NAME=N for one, named as in its tasks.',
  },
  rate: {
    group: limits,
    value: 'N/s',
    repeatable: true,
    help: 'Calls of one function that this worker starts in a time: N/s, N/m or N/h for every function, NAME=N/s for one.',
  },
  grace: {
    group: end,
    value: 'SECONDS',
    default: '25',
    range: [0, 86_400],
    help: 'Seconds that tasks may take to end after SIGTERM or SIGINT. Then they are cancelled, and each is settled with what is known. A second signal ends the worker at once.',
  },
  'until-empty': { group: end, help: 'End when nothing is left in the queues.' },
  metrics: {
    group: watch,
    value: 'PORT',
    range: [0, 65_535],
    help: 'Serve /metrics for Prometheus, /ready and /healthz on this port of the loopback; 0 takes a free one.',
  },
  'log-level': {
    group: watch,
    value: 'LEVEL',
    choices: ['error', 'warn', 'info', 'debug'],
    default: 'info',
    help: 'What is logged on standard error: one line for each task at info, all lines of the tasks at debug.',
  },
};

export const worker: Command = {
  name: 'worker',
  summary: 'Run the tasks of a queue, on as many hosts as you like.',
  description:
    'Takes tasks from the queue, the highest priority first, runs each as `run` does, and settles it with its extension output. A function is called at most once for a task, also when a worker is killed: what a dead worker had is settled by another within half a minute, as unknown when its request may have been sent, or queued again when it had certainly not. A task that waits for a durable execution goes on in another worker, by its name. A throttled task (429) is tried as often as its max_attempts says and then goes back to the queue, while fewer calls of its function are made at once.',
  parameters: [],
  flags,
  examples: [
    { says: 'work on the default queue', command: 'ue-aws-lambda worker --concurrency 64' },
    {
      says: 'at most 10 calls at once of each function, and 5 a second of one',
      command: 'ue-aws-lambda worker --function-concurrency 10 --rate order=5/s',
    },
    { says: 'as a step of a pipeline', command: 'ue-aws-lambda worker --until-empty' },
  ],
  run,
};

async function run(given: Given): Promise<number> {
  const [
    { serve },
    { orDatabaseFailed },
    { concurrencyOf, rateOf },
    { UsageError },
    { logTo },
    { exitAtOnce },
    { statuses },
  ] = await Promise.all([
    import('../../fleet/worker/serve.ts'),
    import('../with-fleet.ts'),
    import('../../fleet/limits/limit-flags.ts'),
    import('../usage-error.ts'),
    import('../../process/log.ts'),
    import('../../process/exit.ts'),
    import('../../../outcome/status.ts'),
  ]);
  const poll = textOf(given, 'poll') ?? '2';
  if (!/^\d{1,2}(\.\d{1,3})?$/.test(poll) || Number(poll) < 0.1 || Number(poll) > 60) {
    throw new UsageError('--poll must be a number of seconds from 0.1 to 60');
  }
  const concurrency = concurrencyOf(given.flags.get('function-concurrency') ?? []);
  if ('wrong' in concurrency) {
    throw new UsageError(`--function-concurrency must be N or NAME=N with a whole number from 1: ${concurrency.wrong}`);
  }
  const rate = rateOf(given.flags.get('rate') ?? []);
  if ('wrong' in rate) throw new UsageError(`--rate must be N/s, N/m, N/h or NAME=N/s: ${rate.wrong}`);
  const metrics = textOf(given, 'metrics');
  const level = (textOf(given, 'log-level') ?? 'info') as Parameters<typeof logTo>[0];
  const log = logTo(level);
  const controller = new AbortController();
  const onSignal = (name: string) => {
    if (controller.signal.aborted) {
      log.warn(`${name}: ending at once; what is in hand is settled by other workers`);
      return exitAtOnce(statuses.CANCELLED.exitCode);
    }
    log.info(`${name}: taking no more tasks; those in hand have ${seconds} s`);
    controller.abort();
  };
  const seconds = Number(textOf(given, 'grace') ?? 25);
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(name, onSignal);
  return orDatabaseFailed(async () => {
    await serve(
      {
        database: { url: textOf(given, 'database') },
        queues: [...new Set(given.flags.get('queue') ?? ['lambda'])],
        concurrency: Number(textOf(given, 'concurrency') ?? 16),
        poll: Number(poll) * 1000,
        grace: seconds * 1000,
        untilEmpty: has(given, 'until-empty'),
        limits: { concurrency, rate },
        secretKeyFile: textOf(given, 'secret-key-file'),
        files: given.flags.get('files') ?? [],
        metrics: metrics === undefined ? undefined : Number(metrics),
      },
      { environment: process.env, log, signal: controller.signal },
    );
    return statuses.SUCCESS.exitCode;
  });
}
