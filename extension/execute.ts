import { perform } from './actions/index.ts';
import { unlessCancelled } from './cancellation.ts';
import { toFailure } from './outcome/failure.ts';
import type { Outcome } from './outcome/outcome.ts';
import { TaskRecord } from './outcome/task-record.ts';
import type { Ports } from './ports.ts';
import { parseFields } from './task/fields.ts';
import { toTask } from './task/task.ts';

/** Runs one task from raw fields to its outcome. Never throws, never exits. */
export async function execute(raw: unknown, ports: Ports, action: typeof perform = perform): Promise<Outcome> {
  const { log, signal, clock, openFile, environment, onPart, onProgress } = ports;
  const record = new TaskRecord(); // what is established stays, even when a later step fails
  try {
    const valid = parseFields(raw); // wire -> frozen fields, or every violation at once
    const fields: object = valid.fields;
    record.fields = fields as Readonly<Record<string, unknown>>;
    const task = await unlessCancelled(toTask(valid, ports.readFile), signal); // no nulls, payload bytes, secrets wrapped
    const opening = ports.openSession(task, ports); // region, endpoints, credentials
    const session = await unlessCancelled(opening, signal, (late) => late.close());
    if (valid.fields.region !== session.region) record.fields = { ...valid.fields, region: session.region };
    try {
      const context = { log, signal, clock, openFile, environment, onProgress, session, record };
      const outcome = await action(task, onPart === undefined ? context : { ...context, onPart }); // the calls
      return record.complete(outcome); // and what came of them
    } finally {
      session.close();
    }
  } catch (error) {
    return toFailure(error, record); // the one catch
  }
}
