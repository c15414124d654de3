import type { FaultTolerance } from './fault-tolerance.ts';
import { type Bounds, Interrupted, Pace, pause } from './interrupted.ts';

/** The longest wait that an answer can ask for (ms); more is cut to it. */
const longestWait = 300_000;

/** Makes a read until it is answered. Throws what is not tolerated, and Interrupted. */
export async function persist<T>(read: () => Promise<T>, tolerance: FaultTolerance, bounds: Bounds): Promise<T> {
  const pace = new Pace();
  for (;;) {
    try {
      const answer = await read();
      tolerance.answered();
      return answer;
    } catch (error) {
      await pause(Math.max(pace.next(), waitAfter(error, tolerance, bounds)), bounds);
    }
  }
}

/** The milliseconds to wait after a read that failed. Throws what is not tolerated, and Interrupted. */
export function waitAfter(error: unknown, tolerance: FaultTolerance, { signal }: Bounds): number {
  if (signal.aborted) throw new Interrupted('cancelled');
  return Math.min(longestWait, tolerance.tolerate(error));
}
