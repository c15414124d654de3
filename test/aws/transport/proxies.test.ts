import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { start as startLocal } from '../../local/support/local.ts';
import { closedAfterEach } from '../../support/closed-after-each.ts';
import { baseFields, makeTrust, type Trust } from '../../support/network/cells.ts';
import { startFaultProxy } from '../../support/network/fault-proxy.ts';
import { closedPort } from '../../support/network/listener.ts';
import {
  forbiddenHost,
  type Login,
  type StartProxy,
  squid,
  startNpmProxy,
  startProxyChain,
  startSquid,
  startTinyproxy,
  startTlsSquid,
  tinyproxy,
} from '../../support/network/proxies.ts';
import { type Fields, runInside } from '../../support/network/run.ts';
import { startTarget } from '../../support/network/target.ts';

interface Kind {
  readonly name: string;
  readonly start: StartProxy;
  readonly scheme: 'http' | 'https';
  /** Why it cannot be tried here. */
  readonly missing?: string | false;
  /** What it can hold in its own configuration. */
  readonly login: Login;
}

/** Whatever would break a URL, a header or a shell. */
const anyCharacters = { user: 'sam@example.com', password: `p@:/?#% ö"'\\&=+` };
const plain = { user: 'sam', password: 'p-w_1.2' };

const noSquid = squid === undefined && 'squid is not installed (apt-get install squid-openssl)';
const noTinyproxy = tinyproxy === undefined && 'tinyproxy is not installed (apt-get install tinyproxy)';

const kinds: readonly Kind[] = [
  { name: 'proxy (npm)', start: startNpmProxy, scheme: 'http', login: anyCharacters },
  { name: 'proxy-chain (npm) over TLS', start: startProxyChain, scheme: 'https', login: anyCharacters },
  { name: 'squid', start: startSquid, scheme: 'http', login: anyCharacters, missing: noSquid },
  { name: 'squid over TLS', start: startTlsSquid, scheme: 'https', login: anyCharacters, missing: noSquid },
  { name: 'tinyproxy', start: startTinyproxy, scheme: 'http', login: plain, missing: noTinyproxy },
];

let trust: Trust;
const keep = closedAfterEach();
const { AWS_CA_BUNDLE, NODE_EXTRA_CA_CERTS } = process.env;

beforeAll(async () => {
  trust = await makeTrust();
  delete process.env.NODE_EXTRA_CA_CERTS;
  process.env.AWS_CA_BUNDLE = trust.aws.file;
});

afterAll(() => {
  Object.assign(process.env, { AWS_CA_BUNDLE, NODE_EXTRA_CA_CERTS });
});

function calm(fields: Fields): Fields {
  return { ...fields, connect_timeout: 10, wait_for_completion_timeout: 20, max_attempts: 1 };
}

for (const { name, start, scheme, missing, login } of kinds) {
  const describeIf = missing ? describe.skip : describe;
  describeIf(missing ? `${name}: ${missing}` : name, () => {
    const through = (port: number, credentials: Login | null): Fields => ({
      use_proxy: true,
      proxy_type: scheme === 'https' ? 'HTTPS' : 'HTTP',
      proxy: `${scheme}://127.0.0.1:${port}`,
      ...(credentials && { proxy_credentials: credentials }),
      ...(scheme === 'https' && { proxy_ca_bundle_file: trust.proxy.file }),
    });

    test.each(['http', 'https'])('reaches an %s endpoint', async (protocol) => {
      const target = keep(await startTarget(protocol === 'https' ? { identity: trust.target } : {}));
      const proxy = keep(await start(null, trust.proxyServer));
      const fields = { ...calm(baseFields(`${protocol}://127.0.0.1:${target.port}`)), ...through(proxy.port, null) };
      const { output } = await runInside(fields);
      expect(output).toMatchObject({ exit_code: 0, result: { execution: 'completed', payload: '{"ok":true}' } });
      expect(target.executed()).toBe(1);
    });

    test('takes credentials with any characters, and Lambda never sees them', async () => {
      const target = keep(await startTarget({ identity: trust.target }));
      const proxy = keep(await start(login, trust.proxyServer));
      const { output } = await runInside({
        ...calm(baseFields(`https://127.0.0.1:${target.port}`)),
        ...through(proxy.port, login),
        proxy_type: 'HTTPS with Credentials',
      });
      expect(output.status_description).toMatch(/^SUCCESS/);
      expect(target.requests.map(({ head }) => head).join()).not.toMatch(/proxy-auth/i);
    });

    test.each([
      ['wrong', { user: 'sam', password: 'wrong' }],
      ['no', null],
    ])('refuses %s credentials: exit 11, and nothing is sent to the target', async (_, credentials) => {
      const target = keep(await startTarget({ identity: trust.target }));
      const proxy = keep(await start(login, trust.proxyServer));
      const { output } = await runInside({
        ...calm(baseFields(`https://127.0.0.1:${target.port}`)),
        ...through(proxy.port, credentials),
        max_attempts: 3,
      });
      expect(output).toMatchObject({ exit_code: 11, result: { execution: 'not_started', attempts: 1 } });
      expect(output.status_description).toBe(
        `CONNECTION_ERROR: ProxyConnectionError: Failed to connect to proxy URL ${scheme}://127.0.0.1:${proxy.port}`,
      );
      expect(output.result.error?.[0]).toMatchObject({
        name: 'ProxyConnectionError',
        message: expect.stringMatching(/407|401/),
      });
      expect(output.result.error?.[0]?.message).toContain('proxy_credentials');
      expect(target.connections()).toBe(0);
    });

    test('says 11 when the proxy cannot reach the target', async () => {
      const proxy = keep(await start(null, trust.proxyServer));
      const { output } = await runInside({
        ...calm(baseFields(`https://127.0.0.1:${closedPort}`)),
        ...through(proxy.port, null),
      });
      expect(output).toMatchObject({ exit_code: 11, result: { execution: 'not_started' } });
    });

    test('assumes a role through the same proxy', async () => {
      const local = keep(await startLocal());
      const proxy = keep(await start(login, trust.proxyServer));
      const { output } = await runInside({
        ...calm(baseFields(local.url)),
        ...through(proxy.port, login),
        function_name: 'mirror',
        sts_endpoint_url: local.url,
        role_based_access: true,
        role_arn: 'arn:aws:iam::123456789012:role/some-role',
      });
      expect(output).toMatchObject({ exit_code: 0, result: { execution: 'completed' } });
      expect(local.executions()).toBe(1);
    });
  });
}

const describeSquid = noSquid ? describe.skip : describe;
describeSquid(noSquid || 'squid', () => {
  test('forbids a target with 403, which no retry would change', async () => {
    const proxy = keep(await startSquid(null, trust.proxyServer));
    const { output } = await runInside({
      ...calm(baseFields(`https://${forbiddenHost}:443`)),
      ...{ use_proxy: true, proxy: `http://127.0.0.1:${proxy.port}`, max_attempts: 3 },
    });
    expect(output).toMatchObject({ exit_code: 11, result: { execution: 'not_started', attempts: 1 } });
    expect(output.result.error?.[0]?.message).toContain('403');
  });
});

describe('a list of proxies', () => {
  test.each(['http', 'https'])('an %s target goes through the entry of its scheme', async (protocol) => {
    const target = keep(await startTarget(protocol === 'https' ? { identity: trust.target } : {}));
    const plainProxy = keep(await startFaultProxy());
    const tlsProxy = keep(await startFaultProxy({ identity: trust.proxyServer }));
    const { output } = await runInside({
      ...calm(baseFields(`${protocol}://127.0.0.1:${target.port}`)),
      use_proxy: true,
      proxy: `http://127.0.0.1:${plainProxy.port},https://127.0.0.1:${tlsProxy.port}`,
      proxy_ca_bundle_file: trust.proxy.file,
    });
    expect(output.exit_code).toBe(0);
    const [used, unused] = protocol === 'http' ? [plainProxy, tlsProxy] : [tlsProxy, plainProxy];
    expect(new Set(used.tunnels)).toEqual(new Set([`127.0.0.1:${target.port}`]));
    expect(unused.connections()).toBe(0);
    expect(target.connections()).toBe(used.tunnels.length); // none came another way
  });

  test.each(['http', 'https'])('an %s target never goes around the only, dead entry', async (protocol) => {
    const target = keep(await startTarget(protocol === 'https' ? { identity: trust.target } : {}));
    const other = protocol === 'http' ? 'https' : 'http';
    const { output } = await runInside({
      ...calm(baseFields(`${protocol}://127.0.0.1:${target.port}`)),
      ...{ use_proxy: true, proxy: `${other}://127.0.0.1:${closedPort}` },
    });
    expect(output).toMatchObject({ exit_code: 11, result: { execution: 'not_started' } });
    expect(target.connections()).toBe(0);
  });
});

describe('an answer to CONNECT other than 200', () => {
  test.each([
    ['a late body', { head: 'HTTP/1.1 403 Forbidden\r\n', body: '<html>no</html>' }, 1],
    ['407 with a late body', { head: 'HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic\r\n', body: 'who?' }, 1],
    ['502 with a late body', { head: 'HTTP/1.1 502 Bad Gateway\r\n', body: 'gone' }, 2],
    ['503 without a body', { head: 'HTTP/1.1 503 Busy\r\n' }, 2],
    ['204', { head: 'HTTP/1.1 204 No Content\r\n' }, 1],
    ['302', { head: 'HTTP/1.1 302 Found\r\nLocation: http://example.invalid/\r\n' }, 1],
  ] as const)('%s is exit 11, at once, and leaves no socket behind', async (_, refusal, attempts) => {
    const target = keep(await startTarget());
    const proxy = keep(await startFaultProxy({ stage: 'CONNECT', fault: 'refused', refusal }));
    const { output, took } = await runInside({
      ...calm(baseFields(`http://127.0.0.1:${target.port}`)),
      ...{ use_proxy: true, proxy: `http://127.0.0.1:${proxy.port}`, max_attempts: 2 },
    });
    expect(output).toMatchObject({ exit_code: 11, result: { execution: 'not_started', attempts } });
    expect(took).toBeLessThan(10_000); // the deadline to connect
    await proxy.idle();
    expect(target.connections()).toBe(0);
  });
});
