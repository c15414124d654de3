import type { Marker } from './job.ts';

/**
 * What the output column holds of a job that went back to the queue. It is no marker, so the next worker may send: either
 * nothing had been sent, or its name lets it find what was (`resume`).
 */
export interface Requeued {
  /** How many workers have ended while they had the job. */
  readonly requeued: number;
  readonly resume: boolean;
}

/** The marker with what is to be kept of the time before it. */
export interface Sending extends Marker {
  readonly ended: number;
}

/** What is known of a job that nobody has settled, from its output column. */
export interface Evidence {
  readonly sent: boolean;
  readonly resume: boolean;
  readonly ended: number;
}

export function evidenceOf(output: unknown): Evidence {
  const { sending, ended, requeued, resume } = Object(output) as Readonly<Record<string, unknown>>;
  const count = (value: unknown) => (Number.isInteger(value) ? Number(value) : 0);
  // Whatever else is there was written by somebody: then a call may have been made.
  if (output === null || output === undefined) return { sent: false, resume: false, ended: 0 };
  if (typeof sending === 'string') return { sent: true, resume: false, ended: count(ended) };
  if (requeued !== undefined) return { sent: false, resume: resume === true, ended: count(requeued) };
  return { sent: true, resume: false, ended: 0 };
}

/** What is written when a job goes back; null when there is nothing to keep. */
export function requeued({ ended, resume }: Pick<Evidence, 'ended' | 'resume'>): Requeued | null {
  return ended === 0 && !resume ? null : { requeued: ended, resume };
}
