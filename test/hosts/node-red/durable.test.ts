import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { schemaFaults } from '../../connector/support.ts';
import { type DurableServer, durableServer, type Execution } from '../../support/durable-server.ts';
import { flowWith, helper, send, statuses } from './support/node-red.ts';

let server: DurableServer;
beforeAll(() => new Promise<void>((done) => helper.startServer(done)));
afterEach(async () => {
  await helper.unload();
  await server.close();
});
afterAll(() => new Promise<void>((done) => helper.stopServer(done)));

const invoke = {
  ...{ type: 'connected.awslambda.invoke', functionName: 'long:1', payload: '{}', payloadType: 'json' },
  ...{ waitForDurableExecution: true, durableExecutionName: 'order-{{ payload }}' },
};

test('a node waits for the durable execution, and its status shows the step and the time', async () => {
  server = await durableServer({
    live(execution: Execution, { add, end }) {
      const age = Date.now() - execution.startedAt;
      if (execution.events.length === 1) add(execution, { EventType: 'StepStarted', Id: 's', Name: 'charge' });
      if (age > 5000) end(execution, 'SUCCEEDED', '{"paid":true}');
    },
  });
  await flowWith(invoke, server.url);
  const shown = statuses();
  const { from, message } = await send({ payload: 7 });
  expect([from, message.payload]).toEqual(['out', { paid: true }]);
  expect(schemaFaults(message.result)).toBe('');
  expect(message.result?.metadata).toMatchObject({ execution: 'completed', durable: { name: 'order-7' } });
  expect(shown.map(({ text }) => text)).toContain('status.durable');
}, 30_000);

test('a deploy leaves the execution running', async () => {
  server = await durableServer();
  await flowWith(invoke, server.url);
  send({ payload: 7 }).catch(() => {});
  while (server.count('Get') === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  await helper.unload();
  expect([server.executions[0]?.status, server.count('Stop')]).toEqual(['RUNNING', 0]);
}, 30_000);
