import type { Ending } from '../sandbox/sandbox.ts';
import type { Streamed } from '../streams/collector.ts';

/** What is known of one invocation when its log is closed. */
export interface HandlerRun {
  readonly requestId: string;
  readonly version: string;
  readonly ending: Ending;
  /** What a streaming handler wrote, where it was collected, and the error that ended it. */
  readonly streamed?: Streamed;
  readonly output: Buffer;
  readonly initOutput: Buffer;
  readonly durationMs: number;
  readonly initMs?: number | undefined;
  readonly timeoutSeconds: number;
  readonly memorySize: number;
}

const TAIL_BYTES = 4096;

/** Writes an invocation's log as Lambda does: START, what the function printed, END and REPORT. */
export function writeLog(run: HandlerRun): Buffer {
  const { requestId, version, initOutput, output, ending } = run;
  return Buffer.concat([
    initOutput,
    Buffer.from(`START RequestId: ${requestId} Version: ${version}\n`),
    ensureNewline(output),
    Buffer.from(explain(run, ending)),
    Buffer.from(`END RequestId: ${requestId}\n${reportLine(run)}\n`),
  ]);
}

/** The last 4 KB, as X-Amz-Log-Result carries them; the cut may fall inside a character, as it does at AWS. */
export function tail(log: Buffer): string {
  return log.subarray(-TAIL_BYTES).toString('base64');
}

export function timeoutMessage(requestId: string, seconds: number): string {
  return `${new Date().toISOString()} ${requestId} Task timed out after ${seconds.toFixed(2)} seconds`;
}

/** Says how a process ended, in the words that Lambda uses. */
export function exitReason(ending: Extract<Ending, { kind: 'exit' }>): string {
  if (ending.signal !== null)
    return `Runtime exited with error: signal: ${ending.signal === 'SIGKILL' ? 'killed' : ending.signal}`;
  return ending.code === 0
    ? 'Runtime exited without providing a reason'
    : `Runtime exited with error: exit status ${ending.code}`;
}

function explain({ requestId, timeoutSeconds }: HandlerRun, ending: Ending): string {
  if (ending.kind === 'timeout') return `${timeoutMessage(requestId, timeoutSeconds)}\n\n`;
  if (ending.kind === 'exit') return `RequestId: ${requestId} Error: ${exitReason(ending)}\nRuntime.ExitError\n`;
  return '';
}

function reportLine({ requestId, ending, durationMs, initMs, memorySize, timeoutSeconds }: HandlerRun): string {
  const duration = ending.kind === 'timeout' ? timeoutSeconds * 1000 : durationMs;
  const used = 'maxMemoryUsed' in ending ? ending.maxMemoryUsed : memorySize;
  const parts = [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${duration.toFixed(2)} ms`,
    `Billed Duration: ${Math.ceil(duration + (initMs ?? 0))} ms`,
    `Memory Size: ${memorySize} MB`,
    `Max Memory Used: ${used} MB`,
  ];
  if (initMs !== undefined) parts.push(`Init Duration: ${initMs.toFixed(2)} ms`);
  if (ending.kind === 'timeout') parts.push('Status: timeout');
  if (ending.kind === 'exit') parts.push('Status: error', 'Error Type: Runtime.ExitError');
  return `${parts.join('\t')}\t`;
}

function ensureNewline(output: Buffer): Buffer {
  return output.length === 0 || output.at(-1) === 0x0a ? output : Buffer.concat([output, Buffer.from('\n')]);
}
