import { printable } from '../../../formats/printable.ts';
import type { Execution } from '../../../outcome/outcome.ts';
import { shortened } from '../../cli/text.ts';
import type { Database } from '../database/database.ts';
import { readData } from '../job/data.ts';
import type { FlowMember } from '../job/job.ts';
import { flowOutcome } from './outcomes.ts';
import { isEnded, rowsOf, type TaskRow } from './rows.ts';

export type FlowState = 'waiting' | 'running' | 'succeeded' | 'failed' | 'cancelled';
export type FlowTaskState = 'blocked' | 'waiting' | 'running' | 'completed' | 'failed' | 'cancelled' | 'deleted';

/** Where a flow is, in the form of `status --json`. */
export interface FlowStatus {
  readonly id: string;
  readonly name: string;
  readonly state: FlowState;
  /** Of the functions of all its tasks: the least certain; null while it goes on. */
  readonly execution: Execution | null;
  readonly description: string;
  readonly tasks: readonly FlowTaskStatus[];
}

export interface FlowTaskStatus {
  readonly name: string;
  readonly id: string;
  readonly state: FlowTaskState;
  readonly execution: Execution | null;
  readonly exit_code: number | null;
  readonly description: string | null;
  readonly when: FlowMember['when'];
  readonly needs: readonly string[];
  readonly started_at: string | null;
  readonly ended_at: string | null;
}

/** A flow in the database: its tasks in the order in which they can run. */
export interface FoundFlow {
  readonly id: string;
  readonly name: string;
  /** By name. */
  readonly ids: Readonly<Record<string, string>>;
}

/** Finds a flow by its id; null when there is none, also when the id is that of a job of another kind. */
export async function findFlow(db: Pick<Database, 'sql' | 'schema'>, id: string): Promise<FoundFlow | null> {
  const row = (await rowsOf(db, { flow: id }, true)).get('flow');
  const read = readData(row?.data);
  if (read.kind !== 'job' || read.data.label !== null || read.data.flow === undefined) return null;
  const { name, needs } = read.data.flow;
  return { id, name, ids: needs };
}

/** The state of a flow and of each of its tasks; null when there is no flow with this id. */
export async function flowStatus(db: Pick<Database, 'sql' | 'schema'>, id: string): Promise<FlowStatus | null> {
  const flow = await findFlow(db, id);
  if (flow === null) return null;
  const rows = await rowsOf(db, flow.ids, true);
  const tasks = inOrder(Object.entries(flow.ids).map(([name, task]) => taskOf(name, task, rows.get(name))));
  const found = [...rows.values()];
  const outcome = flowOutcome(found);
  const isOver = found.every(({ state }) => isEnded(state));
  const hasBegun = found.some(({ state }) => state === 'active' || isEnded(state));
  const ends = { SUCCESS: 'succeeded', CANCELLED: 'cancelled' } as const;
  const state = ends[outcome.status as keyof typeof ends] ?? 'failed';
  return {
    ...{ id, name: flow.name, state: isOver ? state : hasBegun ? 'running' : 'waiting' },
    execution: isOver ? outcome.execution : null,
    description: isOver ? printable(outcome.detail) : progress(tasks),
    tasks,
  };
}

function taskOf(name: string, id: string, row: TaskRow | undefined): FlowTaskStatus {
  const read = readData(row?.data);
  const flow = read.kind === 'job' ? read.data.flow : undefined;
  return {
    ...{ name: printable(name), id, state: row === undefined ? 'deleted' : stateOf(row) },
    ...{ execution: row?.execution ?? null, exit_code: row?.exitCode ?? null },
    description: row?.description === null || row === undefined ? null : printable(row.description),
    ...{
      when: flow?.when ?? 'success',
      needs: Object.keys(flow?.needs ?? {})
        .map((need) => printable(need))
        .sort(),
    },
    started_at: row?.startedAt?.toISOString() ?? null,
    ended_at: row?.endedAt?.toISOString() ?? null,
  };
}

function stateOf({ state, blocked }: TaskRow): FlowTaskState {
  if (state === 'created' || state === 'retry') return blocked ? 'blocked' : 'waiting';
  return state === 'active' ? 'running' : state;
}

function progress(tasks: readonly FlowTaskStatus[]): string {
  const counts = new Map<FlowTaskState, number>();
  for (const { state } of tasks) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].map(([state, count]) => `${count} ${state}`).join(', ');
}

/** The tasks after all that they need, those of one level by name. */
function inOrder(tasks: readonly FlowTaskStatus[]): readonly FlowTaskStatus[] {
  const byName = new Map(tasks.map((task) => [task.name, task]));
  const levels = levelsOf(byName);
  const level = ({ name }: FlowTaskStatus) => levels.get(name) ?? 0;
  return [...tasks].sort((a, b) => level(a) - level(b) || (a.name < b.name ? -1 : 1));
}

/** How many needs follow one another up to each task; not by recursion, since a flow may be 10,000 tasks long. */
function levelsOf(tasks: ReadonlyMap<string, FlowTaskStatus>): ReadonlyMap<string, number> {
  const levels = new Map<string, number>();
  const open = [...tasks.values()];
  for (let task = open.at(-1); task !== undefined; task = open.at(-1)) {
    const unknown = levels.has(task.name) ? [] : task.needs.filter((need) => tasks.has(need) && !levels.has(need));
    if (unknown.length > 0 && open.length <= 2 * tasks.size) {
      open.push(...unknown.map((need) => tasks.get(need) as FlowTaskStatus));
      continue;
    }
    open.pop();
    if (!levels.has(task.name))
      levels.set(task.name, 1 + Math.max(-1, ...task.needs.map((need) => levels.get(need) ?? -1)));
  }
  return levels;
}

/** The tasks of a flow as lines with tabs, for other programs. */
export function flowTable({ tasks }: FlowStatus): string {
  return tasks
    .map((task) => {
      const { name, state, execution, exit_code, description } = task;
      const cells = [name, state, execution ?? '', exit_code ?? '', needsOf(task), description ?? ''];
      return `${cells.join('\t')}\n`;
    })
    .join('');
}

const marks: Readonly<Record<FlowTaskState, string>> = {
  blocked: '.',
  waiting: '.',
  running: '>',
  completed: '+',
  failed: 'x',
  cancelled: '-',
  deleted: '?',
};

/** The status of a flow as lines for people: a head, then a line for each task with what it needs. */
export function flowLines(status: FlowStatus, width = 100): readonly string[] {
  const { id, name, state, execution, description, tasks } = status;
  const head = `${printable(name)}  ${id}`;
  const sum = `${state}${execution === null ? '' : `, execution ${execution}`}: ${description}`;
  const rows = tasks.map((task) => [
    task.name,
    task.state,
    task.execution ?? '',
    needsOf(task),
    task.description ?? '',
  ]);
  const titles = ['TASK', 'STATE', 'EXECUTION', 'NEEDS', 'DESCRIPTION'];
  const widths = titles.map((title, column) =>
    Math.min(
      column < 4 ? 24 : 200,
      [title, ...rows.map((row) => row[column] ?? '')].reduce((most, { length }) => Math.max(most, length), 0),
    ),
  );
  const line = (mark: string, cells: readonly string[]) => {
    const padded = cells.map((cell, column) => shortened(cell, widths[column] ?? 0).padEnd(widths[column] ?? 0));
    return shortened(`${mark} ${padded.join('  ')}`.trimEnd(), width);
  };
  return [
    head,
    sum,
    line(' ', titles),
    ...rows.map((row, index) => line(marks[tasks[index]?.state ?? 'deleted'], row)),
  ];
}

function needsOf({ needs, when }: FlowTaskStatus): string {
  return `${needs.join(', ')}${when === 'success' ? '' : ` (${when})`}`.trim();
}
