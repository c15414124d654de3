import { type Bounds, Interrupted, Pace, pause } from './interrupted.ts';
import type { Patience } from './patience.ts';

/** The longest wait that an answer can ask for (ms); more is cut to it. */
const longestWait = 300_000;

/** Makes a read until it is answered. Throws what the patience does not bear, and Interrupted. */
export async function persist<T>(read: () => Promise<T>, patience: Patience, bounds: Bounds): Promise<T> {
  const pace = new Pace();
  for (;;) {
    try {
      const answer = await read();
      patience.answered();
      return answer;
    } catch (error) {
      await pause(Math.max(pace.next(), borne(error, patience, bounds)), bounds);
    }
  }
}

/** Bears a read that failed; the milliseconds that AWS asks to wait. */
export function borne(error: unknown, patience: Patience, { signal }: Bounds): number {
  if (signal.aborted) throw new Interrupted('cancelled');
  return Math.min(longestWait, patience.bear(error).wait);
}
