import { setTimeout as sleep } from 'node:timers/promises';

/** Longer than a slow machine takes, and shorter than a test may (ms). */
const patience = 50_000;

/** Waits until something is so. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + patience;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`not so after ${patience / 1000} s: ${isSo}`);
    await sleep(20);
  }
}
