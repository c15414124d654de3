import { perform } from './actions/index.ts';
import { toFailure } from './outcome/failure.ts';
import type { Outcome } from './outcome/outcome.ts';
import type { Ports } from './ports.ts';
import { parseFields } from './task/fields.ts';
import { toTask } from './task/task.ts';

/** Runs one task from raw fields to its outcome. Never throws, never exits. */
export async function execute(raw: unknown, ports: Ports): Promise<Outcome> {
  try {
    const fields = parseFields(raw); // wire -> frozen Fields, or every violation at once
    const task = await toTask(fields, ports.readFile); // no nulls, payload bytes ready, secrets wrapped
    const session = await ports.openSession(task.connection, ports); // credentials, role, proxy, timeouts
    try {
      return await perform(task, session, ports.log); // the calls, and what came of them
    } finally {
      session.close();
    }
  } catch (error) {
    return toFailure(error); // the one catch
  }
}
