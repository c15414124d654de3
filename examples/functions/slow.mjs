import { setTimeout as wait } from 'node:timers/promises';

/** Waits `event.seconds`: for trying timeouts and cancels. */
export const config = { description: 'Waits for event.seconds', timeout: 60 };

export async function handler({ seconds = 5 }, context) {
  console.log(`Waiting ${seconds} s of the ${context.getRemainingTimeInMillis()} ms left`);
  await wait(seconds * 1000);
  return { waited: seconds };
}
