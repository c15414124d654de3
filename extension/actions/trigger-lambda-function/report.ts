/** The REPORT line of an execution log as numbers. Durations in milliseconds, memory in MB (2^20 bytes). */
export interface Report {
  readonly durationMs: number | null;
  readonly billedDurationMs: number | null;
  readonly memorySizeMb: number | null;
  readonly maxMemoryUsedMb: number | null;
  readonly initDurationMs: number | null;
  readonly xrayTraceId: string | null;
}

/**
 * Finds the last report in a log tail, in Lambda's text form or its JSON form (`platform.report`). The last, since a
 * function may print a line that looks like one before Lambda prints its own.
 */
export function parseReport(log: string): Report | null {
  const text = log.lastIndexOf('REPORT RequestId:');
  const json = log.lastIndexOf('"platform.report"');
  if (text < 0 && json < 0) return null;
  return text > json ? fromText(log.slice(text)) : fromJson(lineAround(log, json));
}

function fromText(line: string): Report {
  const number = (label: string, unit: string) => {
    const found = new RegExp(`(?:^|\\t)${label}: ([0-9.]+) ${unit}`).exec(line);
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
  const record = parseRecord(line);
  if (record === null) return null;
  const number = (value: unknown) => (typeof value === 'number' ? value : null);
  const { metrics = {}, tracing } = record;
  return {
    durationMs: number(metrics.durationMs),
    billedDurationMs: number(metrics.billedDurationMs),
    memorySizeMb: number(metrics.memorySizeMB),
    maxMemoryUsedMb: number(metrics.maxMemoryUsedMB),
    initDurationMs: number(metrics.initDurationMs),
    xrayTraceId: /Root=([^;]+)/.exec(String(tracing?.value ?? ''))?.[1] ?? null,
  };
}

interface PlatformReport {
  metrics?: Record<string, unknown>;
  tracing?: { value?: unknown };
}

function parseRecord(line: string): PlatformReport | null {
  try {
    return (JSON.parse(line) as { record?: PlatformReport }).record ?? null;
  } catch {
    return null; // cut by the 4 KB limit
  }
}

function lineAround(log: string, index: number): string {
  const end = log.indexOf('\n', index);
  return log.slice(log.lastIndexOf('\n', index) + 1, end < 0 ? undefined : end);
}
