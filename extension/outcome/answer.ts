/** What AWS answered to a task, by action. */
export type Answer = InvokeResult | FunctionList | AccountSettings | CheckResult | CallbackAnswered;

export type AnswerKind = Answer['kind'];
export type AnswerOf<K extends AnswerKind> = Extract<Answer, { kind: K }>;

export interface InvokeResult {
  readonly kind: 'invoke';
  readonly statusCode: number;
  /** Null when the answer had no body, or one that was not kept. */
  readonly payload: Payload | null;
  /** The decoded tail of the log; null when none was asked for. */
  readonly log: string | null;
  readonly report: Report | null;
  readonly executedVersion: string | null;
  readonly functionError: string | null;
  readonly durableExecutionArn: string | null;
  /** Of a durable execution that was waited for. */
  readonly durable?: DurableResult;
}

/** What is known of a durable execution that was waited for. Times in milliseconds since 1970. */
export interface DurableResult {
  readonly name: string;
  readonly arn: string;
  /** As AWS names it; null before the first answer. */
  readonly status: string | null;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly waitingFor: readonly DurableWait[];
  /** The request ids of its invocations that have ended. */
  readonly invocations: readonly string[];
  /** Whether it was there before, so that this task started nothing. */
  readonly resumed: boolean;
}

/** One thing that a durable execution waits for. */
export interface DurableWait {
  readonly kind: 'callback' | 'timer' | 'retry' | 'function';
  /** The name of the operation, or of the function. */
  readonly name: string | null;
  readonly callbackId: string | null;
  /** When it is over at the latest, if that is known. */
  readonly until: number | null;
}

/** The payload of an answer, in memory or in a file. */
export type Payload = TextPayload | SavedPayload;

export interface TextPayload {
  readonly kind: 'text';
  /** Verbatim. */
  readonly text: string;
  /** The same as a value; null when the text is no JSON, which can then not be spliced into another document. */
  readonly json: { readonly value: unknown } | null;
}

export interface SavedPayload {
  readonly kind: 'saved';
  readonly path: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
  readonly isJson: boolean;
}

/** The REPORT line of an execution log as numbers. Durations in milliseconds, memory in MB (2^20 bytes). */
export interface Report {
  readonly durationMs: number | null;
  readonly billedDurationMs: number | null;
  readonly memorySizeMb: number | null;
  readonly maxMemoryUsedMb: number | null;
  readonly initDurationMs: number | null;
  readonly xrayTraceId: string | null;
}

export interface FunctionList {
  readonly kind: 'functions';
  readonly statusCode: number;
  readonly functions: readonly FunctionSummary[];
  readonly nextMarker: string | null;
}

/** One row of List Functions: the ten attributes of the connector, in the names of the AWS API. */
export interface FunctionSummary {
  readonly functionName: string;
  readonly functionArn: string;
  readonly runtime: string | null;
  readonly role: string | null;
  readonly handler: string | null;
  readonly version: string | null;
  readonly description: string | null;
  readonly lastModified: string | null;
  /** Seconds. */
  readonly timeout: number | null;
  /** MB. */
  readonly memorySize: number | null;
}

export interface AccountSettings {
  readonly kind: 'account';
  readonly statusCode: number;
  /** Limits and usage as GetAccountSettings names them, in bytes and counts. */
  readonly limits: Readonly<Record<string, number>>;
  readonly usage: Readonly<Record<string, number>>;
}

/** What a task would do, for one that was only checked. */
export interface CheckResult {
  readonly kind: 'check';
  readonly statusCode: null;
  /** The call in words. */
  readonly call: string;
  readonly sources: Readonly<Record<'region' | 'endpoint' | 'credentials', string>>;
}

/** A callback that was answered. */
export interface CallbackAnswered {
  readonly kind: 'callback';
  readonly statusCode: number;
}
