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
  /** Shows a part of a streamed payload as it comes; the bytes are lent for the call alone. */
  readonly onPart?: (bytes: Uint8Array) => void;
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
  readonly logs: () => Promise<Logs>;
  close(): void;
}

/** Takes the bytes of a payload as they come, and resolves when the next are welcome. Never rejects. */
export type Receive = (bytes: Uint8Array) => Promise<void>;

/** What holds for one call. */
export interface CallOptions {
  readonly limits: Limits;
  readonly signal: AbortSignal;
}

/** The calls to AWS Lambda that the actions make. Each throws CallError when it brings no whole answer. */
export interface Lambda {
  invoke(request: InvokeRequest, options: CallOptions): Promise<InvokeAnswer>;
  /** The payload comes in parts, while the function runs; the answer, without it, when the function has ended. */
  invokeStreamed(request: InvokeRequest, receive: Receive, options: CallOptions): Promise<InvokeAnswer>;
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
  /** The error object, or what there is of it, when it does not come as the payload. */
  readonly errorDetails: string | null;
  /** The end of the log in base64, as it came. */
  readonly logResult: string | null;
  readonly executedVersion: string | null;
  readonly durableExecutionArn: string | null;
}

export interface FunctionPage extends Answered {
  readonly functions: readonly FunctionSummary[];
  readonly nextMarker: string | null;
}

export interface AccountAnswer extends Answered, Pick<AccountSettings, 'limits' | 'usage'> {}

/** The calls that read logs. None can run a function; each throws CallError. */
export interface Logs {
  /** Where a function logs. */
  whereabouts(of: LoggingFunction, options: CallOptions): Promise<Whereabouts>;
  /** One page of the events that match a pattern, of all streams or of one; there is more as long as there is a token. */
  find(query: LogSearch, options: CallOptions): Promise<LogPage>;
  /** One page of a stream, from its head. There is more as long as the token changes. */
  read(query: LogRange, options: CallOptions): Promise<LogPage>;
}

export interface LoggingFunction {
  readonly functionName: string;
  readonly qualifier?: string;
}

export interface Whereabouts extends Answered {
  readonly group: string;
  /** Whether each line of Lambda's own is JSON. */
  readonly isJson: boolean;
  /** Whether several runs write to one stream at once. */
  readonly isShared: boolean;
}

export interface LogSearch {
  readonly group: string;
  readonly pattern: string;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly stream?: string;
  readonly token?: string;
}

export interface LogRange {
  readonly group: string;
  readonly stream: string;
  readonly from: number;
  /** Not included. */
  readonly to?: number;
  readonly token?: string;
}

export interface LogPage extends Answered {
  readonly events: readonly LogEvent[];
  readonly token: string | null;
}

export interface LogEvent {
  readonly stream: string;
  readonly timestamp: number;
  readonly message: string;
}
