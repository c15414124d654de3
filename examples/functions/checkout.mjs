import { withDurableExecution } from '@aws/durable-execution-sdk-js';

/** A durable function: takes stock, waits for the payment, and ships. `{"id":"A-17","seconds":30}` */
export const config = {
  description: 'Checks an order out in steps that are not repeated',
  durableConfig: { executionTimeout: 900, retentionPeriodInDays: 7 },
};

export const handler = withDurableExecution(async ({ id = 'A-0', seconds = 5, failures = 1 }, context) => {
  const stock = await context.step('reserve', async () => ({ order: id, reserved: true }));
  await context.wait('payment-window', { seconds });
  const payment = await context.step(
    'charge',
    async ({ attempt, logger }) => {
      logger.info(`Charging order ${id}, attempt ${attempt}`);
      if (attempt <= failures) throw new Error('The bank is not available');
      return { attempt };
    },
    { retryStrategy: (_error, attempt) => ({ shouldRetry: attempt < 5, delay: { seconds: 2 } }) },
  );
  return { ...stock, chargedAtAttempt: payment.attempt, shipped: true };
});
