import type { AccountSettings, FunctionSummary } from './outcome/answer.ts';
import type { Connection } from './task/connection.ts';
import type { Limits } from './task/limits.ts';
import type { InvokeRequest, ReadFile } from './task/task.ts';

export type { ReadFile };

/** What the core may ask of the host it runs in. */
export interface Ports {
  readonly openSession: OpenSession;
  readonly readFile: ReadFile;
  readonly openFile: OpenFile;
  readonly environment: Environment;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborted when the task is to be cancelled. */
  readonly signal: AbortSignal;
}

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after so many milliseconds; rejects when the signal is aborted before. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export interface Log {
  error(message: string): void;
  warn(message: string): void;
  info(message: string): void;
  debug(message: string): void;
}

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

/** Finds region, endpoints and the source of credentials, and sends nothing. Throws ValidationError. */
export type OpenSession = (
  task: { readonly connection: Connection; readonly limits: Limits },
  ports: Pick<Ports, 'environment' | 'readFile' | 'log'>,
) => Promise<Session>;

export interface Session {
  /** The region that the calls go to. */
  readonly region: string;
  /** Where region, endpoint and credentials come from, for people. */
  readonly sources: Readonly<Record<'region' | 'endpoint' | 'credentials', string>>;
  readonly lambda: Lambda;
  /** Loads the calls of a check before a run. */
  inspect(): Promise<Inspector>;
  close(): void;
}

/** What holds for one call. */
export interface CallOptions {
  readonly limits: Limits;
  readonly signal: AbortSignal;
}

/** The calls to AWS Lambda that the actions make. Each throws CallError when it brings no whole answer. */
export interface Lambda {
  invoke(request: InvokeRequest, options: CallOptions): Promise<InvokeAnswer>;
  /** One page, of at most `maxItems` functions. */
  listFunctions(page: FunctionPageRequest, options: CallOptions): Promise<FunctionPage>;
  getAccountSettings(options: CallOptions): Promise<AccountAnswer>;
}

export interface FunctionPageRequest {
  readonly marker?: string;
  readonly maxItems: number;
  readonly allVersions: boolean;
}

/** What every answer of AWS says of itself. */
export interface Answered {
  readonly statusCode: number;
  readonly requestId: string | null;
  readonly attempts: number;
}

export interface InvokeAnswer extends Answered {
  /** Null when there is none, or when it is larger than an answer of AWS Lambda can be. */
  readonly payload: Uint8Array | null;
  readonly tooLarge: boolean;
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

/** Calls that say with whom and what a run would deal. Each throws CallError when it brings no whole answer. */
export interface Inspector {
  /** Who the credentials are; null when Lambda has an endpoint of its own and STS has none, so that nobody was asked. */
  identity(options: CallOptions): Promise<CallerIdentity | null>;
  describeFunction(
    functionName: string,
    qualifier: string | undefined,
    options: CallOptions,
  ): Promise<FunctionDescription>;
}

export interface CallerIdentity {
  readonly arn: string;
  readonly account: string;
}

export interface FunctionDescription {
  readonly functionArn: string | null;
  readonly version: string | null;
  readonly runtime: string | null;
  /** `Active` when it can be invoked at once. */
  readonly state: string | null;
  readonly stateReason: string | null;
  readonly lastUpdateStatus: string | null;
  readonly lastUpdateReason: string | null;
  readonly timeoutSeconds: number | null;
  readonly memoryMb: number | null;
  readonly isDurable: boolean;
  readonly logFormat: string | null;
  readonly logGroup: string | null;
}
