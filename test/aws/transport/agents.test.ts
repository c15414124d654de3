import { Agent as HttpsAgent } from 'node:https';
import { expect, test } from '@jest/globals';
import { agentFor } from '../../../extension/aws/transport/agents.ts';

const kept = {
  ...{ keepAlive: true, keepAliveMsecs: 30_000, maxSockets: Number.POSITIVE_INFINITY, maxFreeSockets: 256 },
  timeout: 10_000,
};

const optionsOf = (agent: object) => Reflect.get(agent, 'options');

test('connections are kept for ten seconds, as many as there are tasks', async () => {
  const http = await agentFor('http:', undefined, ['root']);
  expect(http).not.toBeInstanceOf(HttpsAgent);
  expect(optionsOf(http)).toMatchObject(kept);
  expect(optionsOf(http)).not.toHaveProperty('ca');
});

test('certificates are checked, against the roots that are given or those of Node', async () => {
  const own = await agentFor('https:', undefined, undefined);
  expect(own).toBeInstanceOf(HttpsAgent);
  expect(optionsOf(own)).toMatchObject({ ...kept, rejectUnauthorized: true });
  expect(optionsOf(own)).not.toHaveProperty('ca');
  const given = await agentFor('https:', undefined, ['root']);
  expect(optionsOf(given)).toMatchObject({ ...kept, rejectUnauthorized: true, ca: ['root'] });
});

test('tunnels are kept as connections are', async () => {
  const server = { url: 'http://p:1', protocol: 'http:', host: 'p', port: 1 } as const;
  const proxy = { servers: { 'http:': server, 'https:': server } };
  for (const [protocol, defaultPort] of [
    ['http:', 80],
    ['https:', 443],
  ] as const) {
    const agent = await agentFor(protocol, proxy, undefined);
    expect(agent).toMatchObject({ protocol, defaultPort, options: kept });
  }
});
