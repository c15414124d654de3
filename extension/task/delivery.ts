import type { Trace } from '../formats/trace-id.ts';
import type { ValidFields } from './fields.ts';

/** Where what the function gives goes, besides the extension output. */
export interface Delivery {
  /** The trace that the user has named. */
  readonly trace?: Trace;
  /** Whether the payload comes in parts while the function runs. */
  readonly streamed: boolean;
  readonly responseFile?: string;
  readonly fullLog?: FullLogRequest;
}

/** The whole log of the run is wanted, from CloudWatch Logs. */
export interface FullLogRequest {
  /** Milliseconds. */
  readonly wait: number;
  readonly file?: string;
}

export function deliveryOf({ fields, parsed: { trace } }: ValidFields): Delivery {
  const { response_mode, response_file, log_type, log_file, full_log_wait } = fields;
  const fullLog = { wait: full_log_wait * 1000, ...(log_file && { file: log_file }) };
  return {
    streamed: response_mode === 'Streamed',
    ...(response_file && { responseFile: response_file }),
    ...(log_type === 'Full' && { fullLog }),
    ...(trace && { trace }),
  };
}
