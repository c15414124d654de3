import type { Command } from './command.ts';
import { approve, heartbeat, reject } from './commands/callback.ts';
import { cancel } from './commands/cancel.ts';
import { completion } from './commands/completion.ts';
import { dashboard } from './commands/dashboard.ts';
import { doctor } from './commands/doctor.ts';
import { explain } from './commands/explain.ts';
import { invoke } from './commands/invoke.ts';
import { list } from './commands/list.ts';
import { local } from './commands/local.ts';
import { results } from './commands/results.ts';
import { retry } from './commands/retry.ts';
import { run } from './commands/run.ts';
import { scheduleCommands } from './commands/schedule.ts';
import { status } from './commands/status.ts';
import { submit } from './commands/submit.ts';
import { tasks } from './commands/tasks.ts';
import { test } from './commands/test.ts';
import { watch } from './commands/watch.ts';
import { worker } from './commands/worker.ts';

/** Every command, under the titles of the help. */
export const sections: Readonly<Record<string, readonly Command[]>> = {
  'One function': [invoke, list, test, doctor, explain],
  'Durable executions': [watch, approve, reject, heartbeat],
  'A fleet of workers': [submit, worker, status, tasks, results, retry, cancel, ...scheduleCommands, dashboard],
  'Programs and shells': [run, local, completion],
};

export const commands: readonly Command[] = Object.values(sections).flat();
