// The bare SDK client's loop: so many calls, so many at once. Prints its CPU milliseconds a call.
import http from 'node:http';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { NodeHttpHandler } from '@smithy/node-http-handler';

const [endpoint, name, calls, concurrency] = process.argv.slice(2);
const client = new LambdaClient({
  region: 'us-east-1',
  endpoint,
  credentials: { accessKeyId: 'local', secretAccessKey: 'local-secret' },
  maxAttempts: 1,
  requestHandler: new NodeHttpHandler({
    httpAgent: new http.Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY }),
  }),
});
let left = Number(calls);
const cpu = process.cpuUsage();
const loop = async () => {
  while (left > 0) {
    left -= 1;
    const answer = await client.send(new InvokeCommand({ FunctionName: name, Payload: '{"id":1}' }));
    answer.Payload.transformToString();
  }
};
await Promise.all(Array.from({ length: Number(concurrency) }, loop));
const { user, system } = process.cpuUsage(cpu);
process.stdout.write(`${(user + system) / 1000 / Number(calls)}\n`);
process.exit(0);
