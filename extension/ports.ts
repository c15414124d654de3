import type { AccountSettings, FunctionSummary } from './outcome/outcome.ts';
import type { Connection } from './task/connection.ts';
import type { InvokeRequest, ReadFile } from './task/task.ts';

/** What the core may ask of the host it runs in. */
export interface Ports {
  readonly openSession: OpenSession;
  readonly readFile: ReadFile;
  readonly log: Log;
  /** Aborted when the task is to be cancelled. */
  readonly signal: AbortSignal;
}

export interface Log {
  error(message: string): void;
  warn(message: string): void;
  info(message: string): void;
  debug(message: string): void;
}

/** Finds region and credentials, assumes the role, and makes ready to call. Throws ValidationError and CallError. */
export type OpenSession = (connection: Connection, ports: Pick<Ports, 'log' | 'signal'>) => Promise<Session>;

export interface Session {
  readonly lambda: Lambda;
  close(): void;
}

/** The calls to AWS Lambda that the actions make. Each throws CallError when it brings no whole answer. */
export interface Lambda {
  invoke(request: InvokeRequest): Promise<InvokeAnswer>;
  /** One page, of at most `maxItems` functions. */
  listFunctions(page: { marker?: string; maxItems: number; allVersions: boolean }): Promise<FunctionPage>;
  getAccountSettings(): Promise<AccountAnswer>;
}

/** What every answer of AWS says of itself. */
export interface Answered {
  readonly statusCode: number;
  readonly requestId: string | null;
  readonly attempts: number;
}

export interface InvokeAnswer extends Answered {
  readonly payload: Uint8Array | null;
  readonly functionError: string | null;
  /** The X-Amz-Log-Result header as it came. */
  readonly logResult: string | null;
  readonly executedVersion: string | null;
  readonly durableExecutionArn: string | null;
}

export interface FunctionPage extends Answered {
  readonly functions: readonly FunctionSummary[];
  readonly nextMarker: string | null;
}

export interface AccountAnswer extends Answered, Pick<AccountSettings, 'limits' | 'usage'> {}

/** Opens a file for writing; throws as node:fs does, before anything is written. */
export type OpenFile = (path: string) => Promise<FileWriter>;

/** A file in the making: its path holds nothing of it before `commit`, and nothing ever after `discard`. */
export interface FileWriter {
  /** Resolves when the chunk was taken, so that a slow disk slows its source down. */
  write(chunk: string | Uint8Array): Promise<void>;
  /** Makes the content durable and puts it at the path, all at once. */
  commit(): Promise<void>;
  /** Removes what was written. Does nothing after `commit`. */
  discard(): Promise<void>;
}
