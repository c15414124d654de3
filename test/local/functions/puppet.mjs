import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

export const config = { timeout: 300, durableConfig: { executionTimeout: 1200, retentionPeriodInDays: 1 } };

/** A durable function without an SDK: shows its event to the test and does what that tells it. */
export const handler = async (event) => {
  const { port } = JSON.parse(event.InitialExecutionState.Operations[0].ExecutionDetails.InputPayload);
  const socket = connect(port, '127.0.0.1');
  socket.write(`${JSON.stringify(event)}\n`);
  const [line] = await once(createInterface(socket), 'line');
  socket.destroy();
  const { answer, failure, exit } = JSON.parse(line);
  if (exit !== undefined) process.exit(exit);
  if (failure !== undefined) throw Object.assign(new Error(failure), { name: 'PuppetError' });
  return answer;
};
