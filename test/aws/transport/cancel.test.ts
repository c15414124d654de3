import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { closedAfterEach } from '../../support/closed-after-each.ts';
import { baseFields, makeTrust, type Trust } from '../../support/network/cells.ts';
import { startFaultProxy } from '../../support/network/fault-proxy.ts';
import { type Listener, silentPort } from '../../support/network/listener.ts';
import { type Fields, type ProcessOptions, type Running, start } from '../../support/network/run.ts';
import { refusal, startTarget } from '../../support/network/target.ts';

/** A task on its way, and how to know that it has come to where it is to be cancelled. */
interface Scene {
  readonly fields: Fields;
  readonly options?: ProcessOptions;
  reached(running: Running): Promise<void>;
}

let trust: Trust;
const keep = closedAfterEach();

beforeAll(async () => {
  trust = await makeTrust();
});

/** Long deadlines: nothing but the signal may end these tasks. */
function patient(url: string, more: Fields = {}): Fields {
  return { ...baseFields(url), connect_timeout: 60, wait_for_completion_timeout: 600, max_attempts: 3, ...more };
}

const connected = (listener: Listener) => () => until(() => listener.connections() > 0);

const scenes: Record<string, { execution: string; set: () => Promise<Scene> }> = {
  'while it reads standard input': {
    execution: 'not_started',
    async set() {
      return { fields: {}, options: { input: null }, reached: (running) => running.logged('ue-aws-lambda') };
    },
  },
  'while it connects': {
    execution: 'not_started',
    async set() {
      const { port } = keep(await silentPort());
      const connecting = () => execFileSync('ss', ['-tnH', 'state', 'syn-sent', 'dport', '=', `:${port}`]).length > 0;
      return { fields: patient(`http://127.0.0.1:${port}`), reached: () => until(connecting) };
    },
  },
  'during the TLS handshake': {
    execution: 'not_started',
    async set() {
      const target = keep(await startTarget({ stage: 'TLS', fault: 'hangs' }));
      return { fields: patient(`https://127.0.0.1:${target.port}`), reached: connected(target) };
    },
  },
  'during the TLS handshake with the proxy': {
    execution: 'not_started',
    async set() {
      const proxy = keep(await startFaultProxy({ stage: 'proxy TLS', fault: 'hangs' }));
      const proxied = { use_proxy: true, proxy_type: 'HTTPS', proxy: `https://127.0.0.1:${proxy.port}` };
      return { fields: patient('https://127.0.0.1:9', proxied), reached: connected(proxy) };
    },
  },
  'while the proxy opens the tunnel': {
    execution: 'not_started',
    async set() {
      const proxy = keep(await startFaultProxy({ stage: 'CONNECT', fault: 'hangs' }));
      const proxied = { use_proxy: true, proxy: `http://127.0.0.1:${proxy.port}` };
      const reached = () => until(() => proxy.heads.length > 0);
      return { fields: patient('https://127.0.0.1:9', proxied), reached };
    },
  },
  'during the TLS handshake through the proxy': {
    execution: 'not_started',
    async set() {
      const target = keep(await startTarget({ stage: 'TLS', fault: 'hangs' }));
      const proxy = keep(await startFaultProxy({ identity: trust.proxyServer }));
      const proxied = {
        ...{ use_proxy: true, proxy_type: 'HTTPS', proxy: `https://127.0.0.1:${proxy.port}` },
        proxy_ca_bundle_file: trust.proxy.file,
      };
      return { fields: patient(`https://127.0.0.1:${target.port}`, proxied), reached: connected(target) };
    },
  },
  'during AssumeRole': {
    execution: 'not_started',
    async set() {
      const sts = keep(await startTarget({ stage: 'response headers', fault: 'hangs' }));
      const role = { role_based_access: true, role_arn: 'arn:aws:iam::123456789012:role/some-role' };
      const fields = patient('http://127.0.0.1:9', { sts_endpoint_url: `http://127.0.0.1:${sts.port}`, ...role });
      return { fields, reached: () => until(() => sts.received() > 0) };
    },
  },
  'in the pause before a retry': {
    execution: 'not_started',
    async set() {
      const answer = () => refusal(429, 'TooManyRequestsException', 'Rate Exceeded.', 'Retry-After: 300\r\n');
      const target = keep(await startTarget({ answer }));
      const fields = patient(`http://127.0.0.1:${target.port}`);
      return { fields, reached: (running) => running.logged('attempt 1 of 3 failed') };
    },
  },
  'while the function runs': {
    execution: 'unknown',
    async set() {
      const target = keep(await startTarget({ stage: 'response headers', fault: 'hangs' }));
      const fields = patient(`http://127.0.0.1:${target.port}`);
      return { fields, reached: () => until(() => target.received() > 0) };
    },
  },
  'while the answer comes': {
    execution: 'unknown',
    async set() {
      const target = keep(await startTarget({ stage: 'body', fault: 'slow drip' }));
      const fields = patient(`http://127.0.0.1:${target.port}`);
      return { fields, reached: () => until(() => target.executed() > 0) };
    },
  },
};

describe.each(Object.entries(scenes))('%s', (_, { execution, set }) => {
  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s is answered in full, at once', async (signal) => {
    const { fields, options, reached } = await set();
    const running = start(fields, options);
    await reached(running);
    const asked = performance.now();
    running.child.kill(signal);
    const { output, exitCode, killedBy, stderr } = await running.ended;
    expect({ exitCode, killedBy, stderr }).toMatchObject({ exitCode: 22, killedBy: null });
    expect(output).toMatchObject({ exit_code: 22, changed: false, result: { execution } });
    expect(output.status_description).toMatch(
      execution === 'unknown' ? /^CANCELLED: The request was sent; the function may/ : /^CANCELLED: .*not started/,
    );
    expect(performance.now() - asked).toBeLessThan(10_000); // each deadline of the task is far longer
    expect(stderr.includes('Invoke hello')).toBe(execution === 'unknown' || stderr.includes('attempt 1'));
  });
});

describe('a second signal', () => {
  test('ends the process at once, whatever it waits for', async () => {
    const target = keep(await startTarget({ stage: 'response headers', fault: 'hangs' }));
    // An output larger than a pipe holds, and nobody reads it.
    const running = start(patient(`http://127.0.0.1:${target.port}`, { marker: 'x'.repeat(300_000) }));
    running.child.stdout.removeAllListeners('data').pause();
    await until(() => target.received() > 0);
    running.child.kill('SIGTERM');
    await running.logged('cancelling');
    await target.idle();
    expect(running.child.exitCode).toBeNull();
    running.child.kill('SIGTERM');
    await once(running.child, 'exit');
    expect(running.child.exitCode).toBe(22);
    running.child.stdout.destroy();
  });
});

/** Waits for something that only a look can tell. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10));
}
