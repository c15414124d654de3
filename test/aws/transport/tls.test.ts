import type { Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { Authority } from '../../support/network/certificates.ts';
import { startFaultProxy } from '../../support/network/fault-proxy.ts';
import { type Listener, listen, secured } from '../../support/network/listener.ts';
import { runInside } from '../../support/network/run.ts';

let authority: Authority;
const { AWS_CA_BUNDLE } = process.env;
const open: Listener[] = [];

beforeAll(async () => {
  authority = await Authority.root('tls');
  process.env.AWS_CA_BUNDLE = authority.file;
});

afterEach(() => Promise.all(open.splice(0).map((listener) => listener.close())));

afterAll(() => {
  if (AWS_CA_BUNDLE === undefined) delete process.env.AWS_CA_BUNDLE;
  else process.env.AWS_CA_BUNDLE = AWS_CA_BUNDLE;
});

async function keep<T extends Listener>(listener: Promise<T>): Promise<T> {
  open.push(await listener);
  return listener;
}

/** Does something when the handshake is over and the request is there. */
const afterRequest = (then: (raw: Socket) => void) => async () => {
  const identity = await authority.issue();
  return listen((raw) => secured(raw, identity).once('data', () => then(raw)));
};
/** Does something instead of a handshake. */
const beforeHandshake = (then: (raw: Socket) => void) => () => listen((raw) => raw.once('data', () => then(raw)));

const broken = { exit_code: 10, result: { execution: 'unknown', attempts: 1 } };
const silent = { exit_code: 21, result: { execution: 'unknown', attempts: 1 } };
const unsent = { exit_code: 10, result: { execution: 'not_started', attempts: 1 } };
const slow = { wait_for_completion_timeout: 1 };
const impatient = { connect_timeout: 1 };
const servers: readonly [string, () => Promise<Listener>, object, object][] = [
  ['is reset when the request is there', afterRequest((raw) => raw.resetAndDestroy()), {}, broken],
  ['is closed when the request is there', afterRequest((raw) => raw.destroy()), {}, broken],
  ['does not answer', afterRequest(() => {}), slow, silent],
  ['is reset in the handshake', beforeHandshake((raw) => raw.resetAndDestroy()), {}, unsent],
  ['is closed in the handshake', beforeHandshake((raw) => raw.destroy()), {}, unsent],
  ['hangs in the handshake', beforeHandshake(() => {}), impatient, unsent],
];

test.each(
  servers.flatMap(([name, start, over, expected]) =>
    [false, true].map((isProxied) => ({ name, start, over, expected, isProxied })),
  ),
)('a TLS connection that $name, through a proxy: $isProxied', async ({ start, over, expected, isProxied }) => {
  const { port } = await keep(start());
  const proxy = isProxied ? await keep(startFaultProxy({})) : null;
  const { output } = await runInside({
    ...{ function_name: 'hello', region: 'us-east-1', endpoint_url: `https://127.0.0.1:${port}`, max_attempts: 1 },
    ...{ credentials: { user: 'AKIDEXAMPLE', password: 'secret-key' }, ...over },
    ...(proxy && { use_proxy: true, proxy: `http://127.0.0.1:${proxy.port}` }),
  });
  expect(output).toMatchObject(expected);
});
