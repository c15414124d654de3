import { setTimeout as pause } from 'node:timers/promises';
import { ListDurableExecutionsByFunctionCommand } from '@aws-sdk/client-lambda';
import { expect, test } from '@jest/globals';
import { lambdaClient, start } from '../support/local.ts';
import { begin, get, input } from './support.ts';

test('many executions go on side by side, each to its own end', async () => {
  const local = await start({ timeScale: 10 });
  const client = lambdaClient(local);
  const names = Array.from({ length: 100 }, (_, index) => `job-${index}`);
  const arns = await Promise.all(
    names.map((name) => {
      const Payload = input({ kind: 'wait', name: 'pause', seconds: 2 }, { kind: 'step', name: 'own', result: name });
      return begin(client, { DurableExecutionName: name, Payload });
    }),
  );
  const running = new ListDurableExecutionsByFunctionCommand({ FunctionName: 'durable', Statuses: ['RUNNING'] });
  while (((await client.send(running)).DurableExecutions ?? []).length > 0) await pause(100);
  const results = await Promise.all(arns.map(async (arn) => (await get(client, arn)).Result));
  expect(results).toEqual(names.map((name) => JSON.stringify(['waited', name])));
  expect(local.durableExecutions('durable')).toBe(100);
  // A wait may be over before the function has suspended.
  expect(local.executions('durable')).toBeGreaterThanOrEqual(100);
  expect(local.executions('durable')).toBeLessThanOrEqual(200);
  client.destroy();
  await local.close();
});
