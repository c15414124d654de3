import type { LoggingConfig } from '../logs/logging-config.ts';
import type { Ending } from '../sandbox/sandbox.ts';
import type { Streamed } from '../streams/collector.ts';

/** What is known of a run when it begins. */
export interface RunInfo {
  readonly requestId: string;
  readonly version: string;
  readonly arn: string;
  readonly traceId: string;
  readonly timeoutSeconds: number;
  readonly memorySize: number;
  readonly loggingConfig: LoggingConfig;
  readonly initMs?: number | undefined;
}

/** What is known of a run when it has ended. */
export interface HandlerRun extends RunInfo {
  readonly ending: Ending;
  /** What a streaming handler wrote, where it was collected, and the error that ended it. */
  readonly streamed?: Streamed;
  readonly output: Buffer;
  readonly initOutput: Buffer;
  readonly durationMs: number;
}
