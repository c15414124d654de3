import { CancelledError } from '../../../errors.ts';
import { printable } from '../../../formats/printable.ts';
import { statuses } from '../../../outcome/status.ts';
import type { Fleet } from '../../cli/with-fleet.ts';
import { print } from '../../process/print.ts';
import { documentOf } from '../job/document.ts';
import { pagesOf, wholesOf } from '../reports/pages.ts';
import type { Selection } from '../reports/rows.ts';
import { endOf } from '../reports/view.ts';
import { batchProgress, count } from './progress.ts';
import { endsOf, waitFor } from './wait.ts';

/** The answer of one task, as `invoke` gives it. */
export async function waitForTask(fleet: Fleet, selection: Selection): Promise<number> {
  if ((await waited(fleet, selection)) === null) return statuses.CANCELLED.exitCode;
  for await (const rows of pagesOf(fleet.db, selection, 'id')) {
    for await (const [row] of wholesOf(fleet.db, rows)) {
      const end = row === undefined ? null : endOf(row);
      if (end === null) continue;
      const document = documentOf(end.settled);
      const { payload } = JSON.parse(document).result;
      await print(fleet.isJson ? document : typeof payload === 'string' ? `${payload}\n` : '');
      const { description, exit_code, execution } = end.settled;
      fleet.say(`${printable(description)} (exit ${exit_code}, execution ${execution})`);
      return exit_code;
    }
  }
  process.stderr.write('ue-aws-lambda: the task is gone: somebody has deleted it\n');
  return statuses.FAIL.exitCode;
}

/** How the tasks of a batch ended; the exit code is the highest of theirs. */
export async function waitForBatch(fleet: Fleet, selection: Selection): Promise<number> {
  const { db, err, isQuiet, isJson, say } = fleet;
  const progress = batchProgress({ terminal: err, isQuiet });
  const started = performance.now();
  const tally = await waited(fleet, selection, progress).finally(() => progress.stop());
  if (tally === null) return statuses.CANCELLED.exitCode;
  const ends = await endsOf(db, selection);
  const { executions, exitCode } = ends;
  const seconds = (performance.now() - started) / 1000;
  const id = selection.id ?? '';
  const { all, completed, failed, cancelled } = tally;
  const done = `${count(completed)} completed, ${count(failed)} failed, ${count(cancelled)} cancelled in ${seconds.toFixed(1)} s`;
  say(
    `${done} (${count(all / seconds)} a second)${executions.unknown > 0 ? `; ${count(executions.unknown)} unknown` : ''}`,
  );
  if (failed + cancelled > 0) say(`See them: ue-aws-lambda results ${id} --failed`);
  const json = {
    batch: id,
    tasks: all,
    completed,
    failed,
    cancelled,
    executions,
    exit_codes: ends.exitCodes,
    exit_code: exitCode,
  };
  await print(isJson ? `${JSON.stringify(json)}\n` : `${id}\n`);
  return exitCode;
}

/** Null when it is not waited for any more. */
async function waited({ db, signal, say }: Fleet, selection: Selection, progress?: ReturnType<typeof batchProgress>) {
  try {
    return await waitFor(db, selection, { signal, ...(progress && { onTally: progress.show }) });
  } catch (error) {
    if (!(error instanceof CancelledError)) throw error;
    progress?.stop();
    say(`Not waiting any more; the tasks go on. See ue-aws-lambda status ${selection.id}, or cancel ${selection.id}`);
    return null;
  }
}
