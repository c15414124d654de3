import { statuses } from '../../../outcome/status.ts';
import { type Given, textOf } from '../../cli/command.ts';
import { type Fleet, withFleet } from '../../cli/with-fleet.ts';
import { print } from '../../process/print.ts';
import { isBatchId } from '../job/ids.ts';
import { compactJson } from './compact.ts';
import { conditionsOf, ended } from './filters.ts';
import { pagesOf, wholesOf } from './pages.ts';
import type { JobRow, Selection } from './rows.ts';
import { groupOf, idsIn, knownQueues } from './status.ts';
import { tableOf } from './table.ts';
import { resultColumns } from './task-columns.ts';
import { documentIn, viewOf } from './view.ts';

type Form = 'ndjson' | 'table' | 'document';

/** Runs `results`. */
export function resultsCommand(given: Given): Promise<number> {
  const [id] = idsIn(given);
  return withFleet(given, async (fleet) => {
    const queues = await knownQueues(fleet, textOf(given, 'queue'));
    const limit = Number(textOf(given, 'limit') ?? Number.POSITIVE_INFINITY);
    const where = [ended, ...conditionsOf(given)];
    const one = id === undefined || isBatchId(id) ? null : await rowOf(fleet, { queues, id });
    if (one !== null) return resultOf(fleet, one, formOf(given, 'document'));
    const selection = selectionOf(queues, id);
    const all = { ...selection, where: [...(selection.where ?? []), ...where] };
    const form = formOf(given, fleet.out.isTerminal ? 'table' : 'ndjson');
    const count = await list(fleet, all, form, limit, id === undefined ? 'oldest' : 'id');
    if (count === 0) fleet.say(id === undefined ? 'No result' : `No result of ${id} yet, or none that is asked for`);
    return 0;
  });
}

/** A batch by its range of ids, a flow by the id that its tasks share. */
export function selectionOf(queues: readonly string[], id: string | undefined): Selection {
  if (id === undefined) return { queues };
  return isBatchId(id) ? { queues, id } : groupOf({ queues, id });
}

function formOf(given: Given, usual: Form): Form {
  return (textOf(given, 'output') as Form | undefined) ?? (given.flags.has('json') ? 'ndjson' : usual);
}

export async function rowOf({ db }: Fleet, selection: Selection): Promise<JobRow | null> {
  for await (const [row] of pagesOf(db, selection, 'id', 1)) return row ?? null;
  return null;
}

async function resultOf(fleet: Fleet, row: JobRow, form: Form): Promise<number> {
  for await (const [whole] of wholesOf(fleet.db, [row])) {
    const document = whole === undefined ? null : documentIn(whole);
    if (whole === undefined || document === null) {
      process.stderr.write(`ue-aws-lambda: the task ${row.id} has not ended: it is ${viewOf(row).state}\n`);
      return statuses.FAIL.exitCode;
    }
    const { problem } = viewOf(whole);
    if (problem !== null) fleet.say(`The task ${row.id}: ${problem}`);
    if (form === 'document') await print(document);
    else if (form === 'table') await print(tableOf([viewOf(row)], resultColumns, fleet.out));
    else await print(lineOf(whole, document));
  }
  return 0;
}

function lineOf(row: JobRow, document: string | null): string {
  const view = JSON.stringify(viewOf(row));
  return `${view.slice(0, -1)},"output":${document === null ? 'null' : compactJson(document)}}\n`;
}

/** Prints in pages: any number of results takes the same memory. */
async function list(
  { db, out, signal }: Fleet,
  selection: Selection,
  form: Form,
  limit: number,
  order: 'id' | 'oldest',
): Promise<number> {
  let count = 0;
  for await (const rows of pagesOf(db, selection, order, limit)) {
    if (signal.aborted) break;
    if (form === 'table') {
      const text = tableOf(rows.map(viewOf), resultColumns, out);
      // The titles once.
      const lost = await print(count > 0 && out.isTerminal ? text.slice(text.indexOf('\n') + 1) : text);
      if (lost !== null) throw lost;
    } else {
      for await (const wholes of wholesOf(db, rows)) {
        const lines = wholes.map((row) => {
          const document = documentIn(row);
          return form === 'document' ? (document ?? '') : lineOf(row, document);
        });
        const lost = await print(lines.join(''));
        if (lost !== null) throw lost;
      }
    }
    count += rows.length;
    if (!process.stdout.writable) break;
  }
  return count;
}
