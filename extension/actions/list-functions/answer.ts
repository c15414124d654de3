import { snakeCase } from '../../formats/snake-case.ts';
import type { FunctionList, FunctionSummary } from '../../outcome/answer.ts';
import type { AnswerForms } from '../answer-forms.ts';

export const functionList: AnswerForms<FunctionList> = {
  output: ({ functions, nextMarker }) => ({
    functions: functions.map(snakeCase),
    count: functions.length,
    next_marker: nextMarker,
  }),

  data: ({ functions, nextMarker }) => ({
    functions: functions.map(withoutNulls),
    count: functions.length,
    ...(nextMarker !== null && { nextMarker }),
  }),

  text: ({ functions, nextMarker }) =>
    table(functions) + (nextMarker === null ? '' : `There are more: continue with --marker ${nextMarker}\n`),
};

function withoutNulls({ lastModified, timeout, memorySize, ...always }: FunctionSummary) {
  return {
    ...always,
    ...(lastModified !== null && { lastModified }),
    ...(timeout !== null && { timeout }),
    ...(memorySize !== null && { memorySize }),
  };
}

function table(functions: readonly FunctionSummary[]): string {
  const rows = functions.map(({ functionName, version, runtime, timeout, memorySize, description }) => [
    functionName,
    version ?? '',
    runtime ?? '',
    timeout === null ? '' : `${timeout} s`,
    memorySize === null ? '' : `${memorySize} MB`,
    description ?? '',
  ]);
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lineOf = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return rows.map((row) => `${lineOf(row).trimEnd()}\n`).join('');
}
