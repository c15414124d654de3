import { age, type Column } from './table.ts';
import type { TaskView } from './view.ts';

const id: Column<TaskView> = { title: 'ID', of: (view) => view.id };
const label: Column<TaskView> = { title: 'LABEL', of: (view) => view.label ?? '-', least: 6 };
const name: Column<TaskView> = { title: 'FUNCTION', of: (view) => view.function ?? '-', least: 12 };
const state: Column<TaskView> = { title: 'STATE', of: (view) => view.state };
const execution: Column<TaskView> = { title: 'EXECUTION', of: (view) => view.execution ?? '-' };
const exit: Column<TaskView> = { title: 'EXIT', of: (view) => String(view.exit_code ?? '-'), isNumber: true };
const said: Column<TaskView> = {
  title: 'DESCRIPTION',
  of: (view) => view.problem ?? view.description ?? '',
  least: 12,
};

export const resultColumns: readonly Column<TaskView>[] = [
  ...[id, label, name, execution, exit],
  { title: 'TIME', of: (view) => (view.duration === null ? '-' : age(view.duration)), isNumber: true },
  said,
];

export function taskColumns(now: number): readonly Column<TaskView>[] {
  return [
    ...[id, { title: 'QUEUE', of: (view: TaskView) => view.queue, least: 6 }, label, name, state, execution],
    { title: 'AGE', of: (view) => age(now - Date.parse(view.submitted_at)), isNumber: true },
    said,
  ];
}
