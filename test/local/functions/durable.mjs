import { withDurableExecution } from '@aws/durable-execution-sdk-js';

export const config = { durableConfig: { executionTimeout: 1800, retentionPeriodInDays: 7 } };

/** Takes the steps that its event lists, and gives their results. */
export const handler = withDurableExecution(async ({ steps = [], fail }, context) => {
  context.logger.info(`${steps.length} steps`);
  const results = [];
  for (const step of steps) results.push(await take(step, context));
  if (fail !== undefined) throw Object.assign(new Error(fail), { name: 'OrderError' });
  return results;
});

async function take({ kind, name, ...options }, context) {
  switch (kind) {
    case 'step':
      return context.step(name, async () => options.result);
    case 'wait':
      await context.wait(name, { seconds: options.seconds });
      return 'waited';
    case 'flaky':
      return context.step(
        name,
        async ({ attempt }) => {
          if (attempt < options.attempts) throw new Error(`attempt ${attempt}`);
          return attempt;
        },
        { retryStrategy: () => ({ shouldRetry: options.attempts > 0, delay: { seconds: options.seconds } }) },
      );
    case 'callback': {
      const [answer] = await context.createCallback(name, options);
      return answer;
    }
    case 'child':
      return context.runInChildContext(name, (child) => Promise.all(options.steps.map((step) => take(step, child))));
    case 'invoke':
      return context.invoke(name, options.target, options.payload);
    case 'poll':
      return context.waitForCondition(name, async (count) => count + 1, {
        initialState: 0,
        waitStrategy: (count) => ({ shouldContinue: count < options.count, delay: { seconds: options.seconds } }),
      });
    default:
      throw new Error(`There is no step of the kind ${kind}`);
  }
}
