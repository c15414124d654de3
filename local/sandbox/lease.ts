import type { FunctionConfig } from '../functions/function-config.ts';
import type { Ending, Sandbox } from './sandbox.ts';

/** A copy that is ready to run, or the reason why there is none. `initMs` comes with the first lease of a copy. */
export type Lease =
  | { readonly sandbox: Sandbox; readonly config: FunctionConfig; readonly initMs?: number | undefined }
  | { readonly failure: Ending; readonly output: Buffer; readonly config: FunctionConfig; readonly initMs: number };
