import { randomUUID } from 'node:crypto';

/** What the log streams of one copy of a function are named after. */
export interface CopyIdentity {
  readonly id: string;
  /** The day of its start, `2026/11/24`. */
  readonly day: string;
}

export function createCopyIdentity(): CopyIdentity {
  return {
    id: randomUUID().replaceAll('-', ''),
    day: new Date().toISOString().slice(0, 10).replaceAll('-', '/'),
  };
}
