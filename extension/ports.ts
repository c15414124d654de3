import type { Logs } from './log-ports.ts';
import type { AccountSettings, DurableResult, FunctionSummary } from './outcome/answer.ts';
import type { Connection } from './task/connection.ts';
import type { Limits } from './task/limits.ts';
import type { CallbackRequest, DurableError, InvokeRequest, ReadFile } from './task/task.ts';

export type { DurableError, ReadFile };

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
  /** Shows a part of a streamed payload as it comes; the bytes are valid only during the call. */
  readonly onPart?: (bytes: Uint8Array) => void;
  /** Called for each event of a durable execution that is waited for, as it becomes known. */
  readonly onProgress?: OnProgress | undefined;
}

export type OnProgress = (progress: DurableProgress) => void;

/** One event of a durable execution, for people. */
export interface DurableProgress extends Pick<DurableResult, 'name' | 'arn' | 'status' | 'waitingFor'> {
  /** What has happened, in a sentence. */
  readonly message: string;
  /** The step that runs, by its name; null when none is known to. */
  readonly step: string | null;
  /** Milliseconds since the task began to wait. */
  readonly elapsed: number;
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

/** A file that is being written: nothing of it is at its path before `commit`, nor ever after `discard`. */
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
  readonly logs: Logs;
  readonly inspector: Inspector;
  readonly durable: DurableExecutions;
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

/** The calls that read and end durable executions. None can run a function; each throws CallError. */
export interface DurableExecutions {
  /** One page of the executions that have the name, or of all. */
  find(query: DurableQuery, options: CallOptions): Promise<DurablePage>;
  get(arn: string, options: DurableReadOptions): Promise<DurableExecution>;
  /** One page of the history, the newest events first. */
  history(arn: string, marker: string | null, options: CallOptions): Promise<HistoryPage>;
  /** Ends the execution, not the invocation that is under way. Does nothing to one that has ended. */
  stop(arn: string, error: DurableError, options: CallOptions): Promise<Answered>;
  sendCallback(request: CallbackRequest, options: CallOptions): Promise<Answered>;
}

export interface DurableQuery {
  readonly functionName: string;
  readonly qualifier?: string;
  readonly name?: string;
  /** Only those in one of these statuses. */
  readonly statuses?: readonly string[];
  readonly maxItems?: number;
  readonly marker?: string;
}

export interface DurableReadOptions extends CallOptions {
  /** Whether payload, result and error are asked for. */
  readonly withData: boolean;
}

/** Times are in milliseconds since 1970. */
export interface DurableSummary {
  readonly arn: string;
  readonly name: string;
  readonly status: string;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
}

export interface DurablePage extends Answered {
  readonly executions: readonly DurableSummary[];
  readonly nextMarker: string | null;
}

export interface DurableExecution extends Answered, DurableSummary {
  readonly version: string | null;
  /** Null when it was not asked for, or is not shown. */
  readonly input: string | null;
  readonly result: string | null;
  readonly error: DurableError | null;
  /** Seconds. */
  readonly executionTimeout: number | null;
  /** Whether the answer was too large to be read. */
  readonly tooLarge: boolean;
}

export interface HistoryPage extends Answered {
  readonly events: readonly HistoryEvent[];
  readonly nextMarker: string | null;
}

/** An event of a history: what it is, and those of its details that a wait uses. */
export interface HistoryEvent {
  /** Counts from 1. */
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly at: number | null;
  /** As AWS names it, such as StepSucceeded. */
  readonly type: string;
  /** The id of the operation that it is of. */
  readonly operation: string | null;
  readonly name: string | null;
  /** InvocationCompleted: the request id of the invocation. */
  readonly requestId: string | null;
  readonly callbackId: string | null;
  /** WaitStarted, CallbackStarted: when the wait is over at the latest. Milliseconds since 1970. */
  readonly until: number | null;
  /** ChainedInvokeStarted: the function that was invoked. */
  readonly functionName: string | null;
  /** StepFailed: seconds until the next attempt; null when there is none. */
  readonly retryDelay: number | null;
  readonly attempt: number | null;
}
