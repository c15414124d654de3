import type { Report } from '../../outcome/answer.ts';

/**
 * Finds the last report in a log tail, in Lambda's text form or its JSON form (`platform.report`). The last, since a
 * function may print a line that looks like one before Lambda prints its own. Null when that line cannot be read.
 */
export function parseReport(log: string): Report | null {
  const text = log.lastIndexOf('REPORT RequestId:');
  const json = log.lastIndexOf('"platform.report"');
  if (text < 0 && json < 0) return null;
  return text > json ? fromText(log.slice(text)) : fromJson(lineAround(log, json));
}

function fromText(line: string): Report {
  const number = (label: string, unit: string) => {
    const found = new RegExp(`(?:^|\\t)${label}: ([0-9]{1,15}(?:\\.[0-9]{1,9})?) ${unit}`).exec(line);
    return found?.[1] === undefined ? null : Number(found[1]);
  };
  return {
    durationMs: number('Duration', 'ms'),
    billedDurationMs: number('Billed Duration', 'ms'),
    memorySizeMb: number('Memory Size', 'MB'),
    maxMemoryUsedMb: number('Max Memory Used', 'MB'),
    initDurationMs: number('Init Duration', 'ms'),
    xrayTraceId: /XRAY TraceId: (\S+)/.exec(line)?.[1] ?? null,
  };
}

function fromJson(line: string): Report | null {
  const { record } = objectOf(parsed(line));
  const { metrics, tracing } = objectOf(record);
  if (typeof metrics !== 'object' || metrics === null) return null;
  const numbers = objectOf(metrics);
  const number = (name: string) => (Number.isFinite(numbers[name]) ? (numbers[name] as number) : null);
  const { value } = objectOf(tracing);
  return {
    durationMs: number('durationMs'),
    billedDurationMs: number('billedDurationMs'),
    memorySizeMb: number('memorySizeMB'),
    maxMemoryUsedMb: number('maxMemoryUsedMB'),
    initDurationMs: number('initDurationMs'),
    xrayTraceId: typeof value === 'string' ? (/Root=([^;]+)/.exec(value)?.[1] ?? null) : null,
  };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null; // cut by the 4 KB limit
  }
}

/** A function may print any JSON: what is no object has no members. */
function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function lineAround(log: string, index: number): string {
  const end = log.indexOf('\n', index);
  return log.slice(log.lastIndexOf('\n', index) + 1, end < 0 ? undefined : end);
}
