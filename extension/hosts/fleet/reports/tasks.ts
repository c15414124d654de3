import { type Given, textOf } from '../../cli/command.ts';
import { withFleet } from '../../cli/with-fleet.ts';
import { print } from '../../process/print.ts';
import { conditionsOf } from './filters.ts';
import { pagesOf } from './pages.ts';
import { knownQueues } from './status.ts';
import { tableOf } from './table.ts';
import { taskColumns } from './task-columns.ts';
import { type TaskView, viewOf } from './view.ts';

/** Runs `tasks`: the newest first. */
export function tasksCommand(given: Given): Promise<number> {
  const where = conditionsOf(given);
  return withFleet(given, async (fleet) => {
    const queues = await knownQueues(fleet, textOf(given, 'queue'));
    const limit = Number(textOf(given, 'limit') ?? 50);
    const views: TaskView[] = [];
    let now = Date.now();
    for await (const rows of pagesOf(fleet.db, { queues, where }, 'newest', limit)) {
      now = rows[0]?.now.getTime() ?? now;
      if (fleet.isJson) await print(rows.map((row) => `${JSON.stringify(viewOf(row))}\n`).join(''));
      else views.push(...rows.map(viewOf));
    }
    if (views.length > 0) await print(tableOf(views, taskColumns(now), fleet.out));
    else if (!fleet.isJson) fleet.say('No task');
    if (views.length === limit) fleet.say(`The newest ${limit}; --limit shows more`);
    return 0;
  });
}
