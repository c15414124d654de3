import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { closedAfterEach } from '../../support/closed-after-each.ts';
import { baseFields, makeTrust, type Trust } from '../../support/network/cells.ts';
import { startFaultProxy } from '../../support/network/fault-proxy.ts';
import { listen, silentPort } from '../../support/network/listener.ts';
import { type Fields, runInside, runProcess, start } from '../../support/network/run.ts';
import { startTarget } from '../../support/network/target.ts';

let trust: Trust;
/** Seconds. */
const short = { connect: 1, wait: 1 };
const keep = closedAfterEach();

beforeAll(async () => {
  trust = await makeTrust();
});

describe('connect_timeout', () => {
  test('is one deadline for TCP, proxy, CONNECT and TLS together, for each attempt', async () => {
    // Each step alone is quicker than the deadline; the target's handshake comes last and never ends.
    const target = keep(await startTarget({ stage: 'TLS', fault: 'hangs' }));
    const proxy = keep(await startFaultProxy());
    const { output, took } = await runInside({
      ...baseFields(`https://127.0.0.1:${target.port}`, short),
      ...{ use_proxy: true, proxy: `http://127.0.0.1:${proxy.port}`, max_attempts: 3 },
    });
    expect(output).toMatchObject({ exit_code: 10, result: { execution: 'not_started', attempts: 3 } });
    expect(output.status_description).toContain('connect_timeout');
    expect(took).toBeGreaterThanOrEqual(3000);
    expect(took).toBeLessThan(20_000);
    await proxy.idle();
  });

  test('does not run into the wait for the answer', async () => {
    const target = keep(await startTarget({ stage: 'response headers', fault: 'hangs' }));
    const { output, took } = await runInside({
      ...baseFields(`http://127.0.0.1:${target.port}`),
      ...{ connect_timeout: 2, wait_for_completion_timeout: 3 },
    });
    expect(output).toMatchObject({ exit_code: 21, result: { execution: 'unknown' } });
    expect(took).toBeGreaterThanOrEqual(3000);
    await target.idle();
  });

  test('holds for AssumeRole, whose failure is a connection error and never a read timeout', async () => {
    const sts = keep(await startTarget({ stage: 'response headers', fault: 'hangs' }));
    const target = keep(await startTarget());
    const { output, took } = await runInside({
      ...baseFields(`http://127.0.0.1:${target.port}`, short),
      ...{ sts_endpoint_url: `http://127.0.0.1:${sts.port}`, wait_for_completion_timeout: 60 },
      ...{ role_based_access: true, role_arn: 'arn:aws:iam::123456789012:role/some-role' },
    });
    expect(output).toMatchObject({ exit_code: 10, result: { execution: 'not_started' } });
    expect(took).toBeLessThan(30_000);
    expect(target.connections()).toBe(0);
    await sts.idle();
  });
});

describe('a name server that does not answer', () => {
  const isolated = canIsolate();
  const testIf = isolated ? test : test.skip;

  testIf(`ends by connect_timeout, and the process with it${isolated ? '' : ': needs unshare and ip'}`, async () => {
    // In a network namespace of its own the name server's address is ours, and nothing answers there.
    const address = /^nameserver\s+([\d.]+)/m.exec(execFileSync('cat', ['/etc/resolv.conf']).toString())?.[1];
    const folder = mkdtempSync(join(tmpdir(), 'silent-'));
    const script = join(folder, 'isolate.sh');
    writeFileSync(
      script,
      `ip link set lo up; ip address add ${address}/32 dev lo 2>/dev/null
node -e "require('dgram').createSocket('udp4').bind(53, '${address}', () => require('fs').mkdirSync('${folder}/up'))" &
server=$!
until [ -d ${folder}/up ]; do sleep 0.02; done
"$@"; status=$?
kill $server
exit $status\n`,
    );
    const wrapper = ['unshare', '--user', '--map-root-user', '--net', 'sh', script];
    const fields = { ...baseFields('http://lambda.example.test', short), max_attempts: 1 };
    const { output, took, exitCode } = await runProcess(fields, { wrapper });
    expect(output).toMatchObject({ exit_code: 10, result: { execution: 'not_started', attempts: 1 } });
    expect(output.status_description).toMatch(/lambda.example.test.*(in time|name server does not answer)/);
    expect(exitCode).toBe(10);
    expect(took).toBeLessThan(8000); // a lookup that is not bounded takes 10 s
  });
});

describe('a wait that is long', () => {
  const hasSs = canRun('ss', '-V');
  const testIf = hasSs ? test : test.skip;
  const why = hasSs ? '' : ': needs ss';

  const routes: [string, Fields & { proxy?: 'http' | 'https' }][] = [
    ['http', { protocol: 'http' }],
    ['https', { protocol: 'https' }],
    ['http by an http proxy', { protocol: 'http', proxy: 'http' }],
    ['https by an http proxy', { protocol: 'https', proxy: 'http' }],
    ['https by a TLS proxy', { protocol: 'https', proxy: 'https' }],
    ['http by a TLS proxy', { protocol: 'http', proxy: 'https' }],
  ];

  testIf.each(routes)(`is kept alive by TCP within 30 s: %s${why}`, async (_, { protocol, proxy: scheme }) => {
    const target = keep(
      await startTarget({
        ...(protocol === 'https' && { identity: trust.target }),
        ...{ stage: 'response headers', fault: 'hangs' },
      }),
    );
    const proxy = scheme && keep(await startFaultProxy(scheme === 'https' ? { identity: trust.proxyServer } : {}));
    const running = start(
      {
        ...baseFields(`${protocol}://127.0.0.1:${target.port}`),
        ...{ connect_timeout: 10, wait_for_completion_timeout: 60 },
        ...(proxy && { use_proxy: true, proxy_type: scheme === 'https' ? 'HTTPS' : 'HTTP' }),
        ...(proxy && { proxy: `${scheme}://127.0.0.1:${proxy.port}`, proxy_ca_bundle_file: trust.proxy.file }),
      },
      { env: { AWS_CA_BUNDLE: trust.aws.file } },
    );
    await running.logged('Invoke hello');
    // Once the data has been acknowledged the socket's timer is the one of its keep-alive.
    const port = proxy ? proxy.port : target.port;
    const timer = await keepAliveTimer(port);
    running.child.kill('SIGTERM');
    const { output } = await running.ended;
    expect(timer).toBeGreaterThan(0);
    expect(timer).toBeLessThanOrEqual(30);
    expect(output).toMatchObject({ exit_code: 22, result: { execution: 'unknown' } });
  });

  test('outlives every idle timer of ours', async () => {
    let answer: () => void = () => {};
    const target = keep(
      await listen((socket) => {
        const body = '{"late":true}';
        answer = () =>
          socket.write(`HTTP/1.1 200 OK\r\nx-amzn-requestid: 1\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
        socket.once('data', () => setTimeout(answer, 12_000)); // longer than connections are kept idle
      }),
    );
    const { output } = await runInside({
      ...baseFields(`http://127.0.0.1:${target.port}`),
      wait_for_completion_timeout: 30,
    });
    expect(output).toMatchObject({ exit_code: 0, result: { payload: '{"late":true}' } });
  });
});

describe('a proxy that floods instead of answering CONNECT', () => {
  test('is exit 11, and takes no more memory than a few answers', async () => {
    const chunk = Buffer.alloc(65_536, 'x');
    const proxy = keep(
      await listen((socket) => {
        const flood = () => {
          while (socket.writable && socket.write(chunk));
        };
        socket.on('drain', flood);
        flood();
      }),
    );
    const before = process.memoryUsage().rss;
    const { output, took } = await runInside({
      ...baseFields('http://127.0.0.1:9'),
      ...{ use_proxy: true, proxy: `http://127.0.0.1:${proxy.port}`, max_attempts: 1 },
    });
    expect(output).toMatchObject({ exit_code: 11, result: { execution: 'not_started' } });
    expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000);
    expect(took).toBeLessThan(30_000);
  });
});

describe('a queue that is full', () => {
  test('a proxy that never accepts: exit 11 within the deadline, as a process', async () => {
    const silent = keep(await silentPort());
    const { output, took, exitCode } = await runProcess({
      ...baseFields('http://127.0.0.1:9', short),
      ...{ use_proxy: true, proxy: `http://127.0.0.1:${silent.port}`, max_attempts: 1 },
    });
    expect(output).toMatchObject({ exit_code: 11, result: { execution: 'not_started' } });
    expect(exitCode).toBe(11);
    expect(took).toBeLessThan(20_000);
  });
});

/** The seconds left of the keep-alive timer of an established connection to a port, as the kernel tells. */
async function keepAliveTimer(port: number): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const lines = execFileSync('ss', ['-tnoH', 'state', 'established', 'dport', '=', `:${port}`]).toString();
    const [, value, unit] = /timer:\(keepalive,([\d.]+)(sec|ms|min)/.exec(lines) ?? [];
    if (value !== undefined) return Number(value) * ({ sec: 1, ms: 0.001, min: 60 }[unit as 'sec'] ?? 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return Number.NaN;
}

function canIsolate(): boolean {
  return canRun('unshare', '--user', '--map-root-user', '--net', 'ip', 'link', 'set', 'lo', 'up');
}

function canRun(command: string, ...words: string[]): boolean {
  try {
    execFileSync(command, words, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
