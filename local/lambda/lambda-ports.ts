import type { Clock } from '../clock.ts';
import type { DurableEngine } from '../durable/engine.ts';
import type { Refusal } from '../faults.ts';
import type { FunctionFile } from '../functions/function-files.ts';
import type { LogStore } from '../logs/log-store.ts';
import type { SandboxPool } from '../sandbox/sandbox-pool.ts';
import type { RuntimeApi } from '../streams/runtime-api.ts';

/** What the runs of functions need of the endpoint. */
export interface FunctionPorts {
  readonly functions: () => ReadonlyMap<string, FunctionFile>;
  readonly findFunction: (name: string) => FunctionFile | undefined;
  readonly pool: SandboxPool;
  readonly runtimeApi: RuntimeApi;
  /** The logs as CloudWatch keeps them, and their clock. */
  readonly logs: LogStore;
  readonly clock: Clock;
  readonly log: (line: string) => void;
  readonly onExecution: (functionName: string) => void;
}

/** What the Lambda calls need of the endpoint. */
export interface LambdaPorts extends FunctionPorts {
  readonly engine: DurableEngine;
  /** Whether a test wants this call refused. */
  readonly refuse: (operation: string) => Refusal | undefined;
}
