/** setTimeout cannot wait longer. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** The time of executions and logs, which may pass more quickly than that of the machine. */
export interface Clock {
  /** Milliseconds since 1970 on this clock. */
  now(): number;
  /** The machine's own time at which this clock shows `time`: what a function is told, since it reads that clock. */
  toMachineTime(time: number): number;
  /** Calls back once this clock shows `time` or later; gives the way to prevent it. */
  at(time: number, callback: () => void): () => void;
}

/** Starts at `now()` and from then on passes `scale` times as quickly. */
export function createClock(now: () => number, scale: number): Clock {
  const origin = now();
  const read = (): number => origin + (now() - origin) * scale;
  return {
    now: read,
    toMachineTime: (time) => Date.now() + (time - read()) / scale,
    at(time, callback) {
      let timer: NodeJS.Timeout;
      const wait = (): void => {
        const delay = (time - read()) / scale;
        if (delay <= 0) callback();
        // A timer may fire a little early, and a long wait takes several.
        else timer = setTimeout(wait, Math.min(Math.ceil(delay), LONGEST_TIMEOUT_MS));
      };
      timer = setTimeout(wait, Math.min(Math.max(0, Math.ceil((time - read()) / scale)), LONGEST_TIMEOUT_MS));
      return () => clearTimeout(timer);
    },
  };
}
