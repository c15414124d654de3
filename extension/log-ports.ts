import type { Answered, CallOptions } from './ports.ts';

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
