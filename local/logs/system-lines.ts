import type { HandlerRun, RunInfo } from '../lambda/run-facts.ts';
import { exitReason, failureType, statusOf, timeoutMessage } from '../lambda/run-outcome.ts';
import type { SystemLogLevel } from './logging-config.ts';

/** The lines that Lambda writes before a copy of a function runs for the first time; not part of the tail. */
export function initLines({ loggingConfig }: RunInfo, now: number): readonly string[] {
  const version = `nodejs:${process.versions.node.split('.')[0]}.local`;
  if (loggingConfig.logFormat === 'Text') return [`INIT_START Runtime Version: ${version}`];
  const record = { initializationType: 'on-demand', phase: 'init', runtimeVersion: version };
  return platformLines(loggingConfig.systemLogLevel, now, [['INFO', 'platform.initStart', record]]);
}

export function startLines(info: RunInfo, now: number): readonly string[] {
  const { requestId, version, arn, loggingConfig } = info;
  if (loggingConfig.logFormat === 'Text') return [`START RequestId: ${requestId} Version: ${version}`];
  const record = { requestId, version, functionArn: arn, tracing: tracingOf(info) };
  return platformLines(loggingConfig.systemLogLevel, now, [['INFO', 'platform.start', record]]);
}

/** What Lambda says of the end: why it was not the function's own, END and REPORT. */
export function endLines(run: HandlerRun, now: number): readonly string[] {
  return run.loggingConfig.logFormat === 'Text' ? textEndLines(run) : jsonEndLines(run, now);
}

function textEndLines(run: HandlerRun): readonly string[] {
  const { requestId, ending, timeoutSeconds } = run;
  const reasons =
    ending.kind === 'timeout'
      ? [timeoutMessage(requestId, timeoutSeconds), '']
      : ending.kind === 'exit'
        ? [`RequestId: ${requestId} Error: ${exitReason(ending)}`, 'Runtime.ExitError']
        : [];
  return [...reasons, `END RequestId: ${requestId}`, reportLine(run)];
}

function reportLine(run: HandlerRun): string {
  const { requestId, ending } = run;
  const { durationMs, billedDurationMs, memorySizeMB, maxMemoryUsedMB, initDurationMs } = metricsOf(run);
  const parts = [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${durationMs.toFixed(2)} ms`,
    `Billed Duration: ${billedDurationMs} ms`,
    `Memory Size: ${memorySizeMB} MB`,
    `Max Memory Used: ${maxMemoryUsedMB} MB`,
  ];
  if (initDurationMs !== undefined) parts.push(`Init Duration: ${initDurationMs.toFixed(2)} ms`);
  if (ending.kind === 'timeout') parts.push('Status: timeout');
  if (ending.kind === 'exit') parts.push('Status: error', 'Error Type: Runtime.ExitError');
  return `${parts.join('\t')}\t`;
}

function jsonEndLines(run: HandlerRun, now: number): readonly string[] {
  const { requestId, loggingConfig } = run;
  const status = statusOf(run);
  const errorType = failureType(run);
  const { durationMs } = metricsOf(run);
  const metrics = Object.fromEntries(
    Object.entries(metricsOf(run)).map(([name, value]) => [name, value === undefined ? value : round(value)]),
  );
  return platformLines(loggingConfig.systemLogLevel, now, [
    ['DEBUG', 'platform.runtimeDone', { requestId, status, errorType, metrics: { durationMs: round(durationMs) } }],
    ['INFO', 'platform.report', { requestId, metrics, tracing: tracingOf(run), status, errorType }],
  ]);
}

function metricsOf({ ending, durationMs: measured, initMs, memorySize, timeoutSeconds }: HandlerRun) {
  const durationMs = ending.kind === 'timeout' ? timeoutSeconds * 1000 : measured;
  return {
    durationMs,
    billedDurationMs: Math.ceil(durationMs + (initMs ?? 0)),
    memorySizeMB: memorySize,
    maxMemoryUsedMB: 'maxMemoryUsed' in ending ? ending.maxMemoryUsed : memorySize,
    initDurationMs: initMs,
  };
}

const SEVERITY: Readonly<Record<SystemLogLevel, number>> = { DEBUG: 0, INFO: 1, WARN: 2 };

/** The records whose level is not below that of the function: WARN hides even the start and the report. */
function platformLines(
  level: SystemLogLevel,
  now: number,
  records: readonly (readonly [SystemLogLevel, string, object])[],
): readonly string[] {
  return records
    .filter(([own]) => SEVERITY[own] >= SEVERITY[level])
    .map(([, type, record]) => JSON.stringify({ time: new Date(now).toISOString(), type, record }));
}

function tracingOf({ traceId }: RunInfo) {
  return { spanId: traceId.slice(-16), type: 'X-Amzn-Trace-Id', value: traceId };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
