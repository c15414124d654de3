import { formsOf } from '../../actions/answers.ts';
import { printable } from '../../formats/printable.ts';
import type { FunctionSummary } from '../../outcome/answer.ts';
import type { Outcome } from '../../outcome/outcome.ts';
import type { View } from './stage.ts';
import { shortened } from './text.ts';

/** The list of functions as it is printed: a table that fits a terminal, whole lines with tabs on a pipe. */
export const functionTable = {
  /** Keeps the functions whose names begin with a prefix. */
  shape:
    (prefix: string | undefined, limit: number) =>
    (outcome: Outcome): Outcome => {
      const { answer } = outcome;
      if (answer?.kind !== 'functions') return outcome;
      const found = answer.functions.filter(({ functionName }) => functionName.startsWith(prefix ?? ''));
      const functions = found.slice(0, limit);
      const more = functions.length < found.length || answer.nextMarker !== null;
      const count = `${functions.length} AWS Lambda ${functions.length === 1 ? 'function' : 'functions'} listed`;
      const rest =
        answer.nextMarker === null ? '; there are more' : `; there are more, from --marker ${answer.nextMarker}`;
      return { ...outcome, detail: more ? count + rest : count, answer: { ...answer, functions } };
    },

  json({ answer }: Outcome): string | null {
    return answer?.kind === 'functions' ? JSON.stringify(formsOf(answer).output(answer).functions) : null;
  },

  show({ answer }: Outcome, { out }: View): string {
    if (answer?.kind !== 'functions' || answer.functions.length === 0) return '';
    const versions = answer.functions.some(({ version }) => version !== null && version !== '$LATEST');
    const columns = allColumns.filter(({ title }) => title !== 'VERSION' || versions || !out.isTerminal);
    const rows = answer.functions.map((entry) => columns.map(({ of }) => printable(of(entry) ?? '')));
    if (!out.isTerminal) return rows.map((row) => `${row.join('\t')}\n`).join('');
    const titles = columns.map(({ title }) => title);
    const [head = '', ...lines] = table([titles, ...rows], out.width);
    return [out.paint('bold', head), ...lines].map((line) => `${line}\n`).join('');
  },
};

const allColumns: readonly { title: string; of: (entry: FunctionSummary) => string | null }[] = [
  { title: 'NAME', of: ({ functionName }) => functionName },
  { title: 'VERSION', of: ({ version }) => version },
  { title: 'RUNTIME', of: ({ runtime }) => runtime },
  { title: 'TIMEOUT', of: ({ timeout }) => (timeout === null ? null : `${timeout} s`) },
  { title: 'MEMORY', of: ({ memorySize }) => (memorySize === null ? null : `${memorySize} MB`) },
  { title: 'MODIFIED', of: ({ lastModified }) => lastModified?.slice(0, 10) ?? null },
  { title: 'DESCRIPTION', of: ({ description }) => description },
];

/** Lines of columns as wide as they need; the description gives way first, then the name. */
function table(rows: readonly (readonly string[])[], width: number): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const over = () => widths.reduce((sum, one) => sum + one + 2, -2) - width;
  const least = [24, ...widths.slice(1, -1), 12];
  for (const column of [widths.length - 1, 0]) {
    const wide = widths[column] ?? 0;
    widths[column] = Math.max(Math.min(wide, least[column] ?? 0), wide - Math.max(0, over()));
  }
  return rows.map((row) =>
    shortened(
      row
        .map((cell, column) => shortened(cell, widths[column] ?? 0).padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
      width,
    ),
  );
}
