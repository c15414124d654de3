import { statuses } from '../../../outcome/status.ts';
import { type Given, has, textOf } from '../../cli/command.ts';
import { type Fleet, withFleet } from '../../cli/with-fleet.ts';
import { print } from '../../process/print.ts';
import type { Database } from '../database/database.ts';
import { readData } from '../job/data.ts';
import { isBatchId, repeatIdOf } from '../job/ids.ts';
import type { JobData } from '../job/job.ts';
import { insertJobs } from '../submit/insert.ts';
import { count } from '../submit/progress.ts';
import { pagesOf, wholesOf } from './pages.ts';
import { rowOf } from './results.ts';
import type { JobRow, Selection } from './rows.ts';
import { idsIn, knownQueues } from './status.ts';
import { endOf } from './view.ts';

/** Why a job is not submitted again; null when it is. */
type Refusal = keyof typeof refusals | null;

const refusals = {
  unended: 'not ended yet',
  succeeded: 'succeeded',
  mayHaveRun: 'may have run; --even-if-it-may-have-run submits it all the same',
  inFlow: 'part of a flow; submit the flow again',
  foreign: 'not a task of this program',
  often: 'repeated too often; submit it anew',
} as const;

/** Runs `retry`. */
export function retryCommand(given: Given): Promise<number> {
  const ids = idsIn(given);
  return withFleet(given, async (fleet) => {
    const queues = await knownQueues(fleet, textOf(given, 'queue'));
    const isBold = has(given, 'even-if-it-may-have-run');
    let exitCode = 0;
    for (const id of ids) exitCode = Math.max(exitCode, await retryOne(fleet, { queues, id }, isBold));
    return exitCode;
  });
}

async function retryOne(
  fleet: Fleet,
  selection: Selection & { readonly id: string },
  isBold: boolean,
): Promise<number> {
  const { db, say } = fleet;
  const { id } = selection;
  if ((await rowOf(fleet, selection)) === null) {
    process.stderr.write(`ue-aws-lambda: there is no task or batch ${id}\n`);
    return statuses.FAIL.exitCode;
  }
  const refused = new Map<keyof typeof refusals, number>();
  let [submitted, existed] = [0, 0];
  for await (const rows of wholePages(db, selection)) {
    const repeats = rows.flatMap((row) => {
      const found = repeatOf(row, isBold);
      if (typeof found === 'string') refused.set(found, (refused.get(found) ?? 0) + 1);
      return typeof found === 'string' ? [] : [found];
    });
    for (const [queue, priority, own] of placesOf(repeats)) {
      const inserted = new Set(
        await insertJobs(
          db,
          own.map(({ id: repeat, data }) => ({ id: repeat, data })),
          { queue, priority },
        ),
      );
      submitted += inserted.size;
      existed += own.length - inserted.size;
      const lines = own.map(({ row, id: repeat }) =>
        fleet.isJson ? JSON.stringify({ id: repeat, repeats: row.id, existed: !inserted.has(repeat) }) : `${repeat}`,
      );
      await print(lines.map((line) => `${line}\n`).join(''));
      await db.wake(queue);
    }
  }
  say(`${id}: ${count(submitted)} submitted again${existed > 0 ? `, ${count(existed)} were already` : ''}`);
  for (const [why, number] of refused) {
    // In a batch it is what is expected that most have succeeded.
    if (!isBatchId(id) || why !== 'succeeded')
      process.stderr.write(`ue-aws-lambda: ${count(number)} not submitted again: ${refusals[why]}\n`);
  }
  return submitted + existed === 0 && refused.size > 0 ? statuses.FAIL.exitCode : 0;
}

async function* wholePages(db: Database, selection: Selection): AsyncGenerator<readonly JobRow[]> {
  for await (const rows of pagesOf(db, selection, 'id')) yield* wholesOf(db, rows);
}

/** What goes to the same queue with the same priority goes together. */
function placesOf(repeats: readonly Repeat[]): readonly (readonly [string, number, readonly Repeat[]])[] {
  const places = new Map<string, [string, number, Repeat[]]>();
  for (const repeat of repeats) {
    const { queue, priority } = repeat.row;
    const key = `${queue} ${priority}`;
    const place = places.get(key) ?? [queue, priority, []];
    places.set(key, place);
    place[2].push(repeat);
  }
  return [...places.values()];
}

interface Repeat {
  readonly row: JobRow;
  readonly id: string;
  readonly data: JobData;
}

function repeatOf(row: JobRow, isBold: boolean): Repeat | keyof typeof refusals {
  const read = readData(row.data);
  if (read.kind !== 'job') return 'foreign';
  const refusal = refusalOf(row, read.data, isBold);
  if (refusal !== null) return refusal;
  const id = repeatIdOf(row.id, read.data.group);
  return id === null ? 'often' : { row, id, data: { ...read.data, repeats: row.id } };
}

function refusalOf(row: JobRow, { flow }: JobData, isBold: boolean): Refusal {
  const settled = endOf(row)?.settled;
  if (settled === undefined) return 'unended';
  if (settled.exit_code === 0) return 'succeeded';
  if (flow !== undefined) return 'inFlow';
  return settled.execution === 'not_started' || isBold ? null : 'mayHaveRun';
}
