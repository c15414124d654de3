import { withDurableExecution } from '@aws/durable-execution-sdk-js';

/** A durable function: waits until somebody answers its callback. The id is in its log and in its history. */
export const config = {
  description: 'Waits for an approval',
  durableConfig: { executionTimeout: 86_400, retentionPeriodInDays: 7 },
};

export const handler = withDurableExecution(async ({ document = 'budget', hours = 1 }, context) => {
  const [answer, callbackId] = await context.createCallback('approval', { timeout: { hours } });
  context.logger.info(`Waiting for the approval of ${document} as callback ${callbackId}`);
  return { document, answer: JSON.parse(await answer) };
});
