import type { Terminal } from '../../cli/terminal.ts';
import { shortened } from '../../cli/text.ts';

export interface Column<T> {
  readonly title: string;
  readonly of: (row: T) => string;
  /** It gives way, to this width, when the table is wider than the terminal; the last of several first. */
  readonly least?: number;
  readonly isNumber?: boolean;
}

/** A table that fits a terminal; on a pipe lines of values between tabs. */
export function tableOf<T>(rows: readonly T[], columns: readonly Column<T>[], { isTerminal, width, paint }: Terminal) {
  const cells = rows.map((row) => columns.map(({ of }) => of(row)));
  if (!isTerminal) return cells.map((line) => `${line.join('\t')}\n`).join('');
  const titles = columns.map(({ title }) => title);
  const widths = titles.map((title, index) =>
    Math.max(title.length, ...cells.map((line) => [...(line[index] ?? '')].length)),
  );
  const over = () => widths.reduce((sum, one) => sum + one + 2, -2) - width;
  for (let index = columns.length - 1; index >= 0; index -= 1) {
    const least = columns[index]?.least;
    const own = widths[index] ?? 0;
    if (least !== undefined) widths[index] = Math.max(Math.min(own, least), own - Math.max(0, over()));
  }
  const lineOf = (line: readonly string[]) =>
    shortened(
      line
        .map((cell, index) => padded(cell, widths[index] ?? 0, columns[index]?.isNumber))
        .join('  ')
        .trimEnd(),
      width,
    );
  return [paint('bold', lineOf(titles)), ...cells.map(lineOf)].map((line) => `${line}\n`).join('');
}

function padded(cell: string, width: number, isNumber = false): string {
  const text = shortened(cell, width);
  const blanks = ' '.repeat(Math.max(0, width - [...text].length));
  return isNumber ? blanks + text : text + blanks;
}

/** How long ago, or how long, in two units at most. */
export function age(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (milliseconds < 1000 && milliseconds >= 0) return `${Math.round(milliseconds)} ms`;
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86_400)} days`;
}
