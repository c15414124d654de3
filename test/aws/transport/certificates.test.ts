import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { closedAfterEach } from '../../support/closed-after-each.ts';
import { baseFields } from '../../support/network/cells.ts';
import { Authority, expired, type Identity, selfSigned } from '../../support/network/certificates.ts';
import { startFaultProxy } from '../../support/network/fault-proxy.ts';
import { type Fields, runProcess } from '../../support/network/run.ts';
import { startTarget } from '../../support/network/target.ts';

const trustRemedy = /AWS_CA_BUNDLE or NODE_EXTRA_CA_CERTS/;

/** A flaw of a server's certificate, and what must be said of it. */
const flaws: Record<string, { code: string; reason: RegExp; remedy: RegExp }> = {
  expired: { code: 'CERT_HAS_EXPIRED', reason: /has expired/, remedy: /renew it/ },
  'for another host': { code: 'ERR_TLS_CERT_ALTNAME_INVALID', reason: /another host name/, remedy: /check the URL/ },
  'self-signed': { code: 'DEPTH_ZERO_SELF_SIGNED_CERT', reason: /self-signed/, remedy: /name a PEM file/ },
  'of an unknown root': { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', reason: /not known/, remedy: /name a PEM file/ },
  'without its intermediate': {
    code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    reason: /leaves out an intermediate/,
    remedy: /name a PEM file/,
  },
};

let aws: Authority;
let proxyAuthority: Authority;
let bundle: string;
let identities: Record<string, Identity>;
let good: Identity;
let goodProxy: Identity;
const keep = closedAfterEach();

beforeAll(async () => {
  [aws, proxyAuthority] = await Promise.all([Authority.root('Test AWS'), Authority.root('Test Proxy')]);
  const below = await aws.intermediate('Below');
  good = await below.issue();
  goodProxy = await proxyAuthority.issue();
  identities = {
    expired: await aws.issue(expired),
    'for another host': await aws.issue({ hosts: ['elsewhere.example.com'] }),
    'self-signed': await selfSigned(),
    'of an unknown root': await (await Authority.root('A stranger')).issue(),
    'without its intermediate': await below.issueWithoutChain(),
  };
  // Flawed certificates of a proxy are of the same making, so one bundle holds both roots where a flaw is all the same.
  bundle = join(mkdtempSync(join(tmpdir(), 'bundle-')), 'both.pem');
  writeFileSync(bundle, `${aws.pem}\n${proxyAuthority.pem}\n`);
});

function calm(port: number): Fields {
  return { ...baseFields(`https://127.0.0.1:${port}`), connect_timeout: 10, wait_for_completion_timeout: 20 };
}

function through(port: number, caFile?: string): Fields {
  return {
    ...{ use_proxy: true, proxy_type: 'HTTPS', proxy: `https://127.0.0.1:${port}` },
    ...(caFile && { proxy_ca_bundle_file: caFile }),
  };
}

describe.each(Object.entries(flaws))('a certificate %s', (name, { code, reason, remedy }) => {
  test('of the target: exit 10, once, with host, reason and remedy', async () => {
    const target = keep(await startTarget({ identity: identities[name] as Identity }));
    const { output } = await runProcess(calm(target.port), { env: { AWS_CA_BUNDLE: aws.file } });
    expect(output).toMatchObject({ exit_code: 10, result: { execution: 'not_started', attempts: 1 } });
    const { message = '' } = output.result.error?.[0] ?? {};
    expect(message).toContain(`127.0.0.1:${target.port}`);
    expect(message).toContain(code);
    expect(message).toMatch(reason);
    expect(message).toMatch(remedy);
    if (remedy.source.includes('PEM')) expect(message).toMatch(trustRemedy);
    expect(target.received()).toBe(0);
  });

  test('of the proxy: exit 11, once, with host, reason and remedy', async () => {
    const target = keep(await startTarget({ identity: good }));
    const proxy = keep(await startFaultProxy({ identity: identities[name] as Identity }));
    const fields = { ...calm(target.port), ...through(proxy.port, bundle) };
    const { output } = await runProcess(fields, { env: { AWS_CA_BUNDLE: aws.file } });
    expect(output).toMatchObject({ exit_code: 11, result: { execution: 'not_started', attempts: 1 } });
    const { message = '' } = output.result.error?.[0] ?? {};
    expect(message).toContain(`https://127.0.0.1:${proxy.port}`);
    expect(message).toContain(code);
    expect(message).toMatch(reason);
    expect(message).toMatch(remedy);
    if (remedy.source.includes('PEM')) expect(message).toContain('proxy_ca_bundle_file');
    expect(proxy.heads).toEqual([]); // nothing secret went to a proxy that cannot prove who it is
    expect(target.connections()).toBe(0);
  });
});

describe('trust', () => {
  test.each(['AWS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS'])('%s makes a private root trusted', async (variable) => {
    const target = keep(await startTarget({ identity: good }));
    const { output } = await runProcess(calm(target.port), { env: { [variable]: aws.file } });
    expect(output.status_description).toMatch(/^SUCCESS/);
    expect(target.executed()).toBe(1);
  });

  test('AWS_CA_BUNDLE names a file that is not there: the failure says so', async () => {
    const target = keep(await startTarget({ identity: good }));
    const { output } = await runProcess(calm(target.port), { env: { AWS_CA_BUNDLE: '/nowhere/ca.pem' } });
    expect(output).toMatchObject({ exit_code: 10, result: { execution: 'not_started' } });
    expect(target.received()).toBe(0);
  });

  test('the bundle of the proxy trusts the proxy, and the target by its own roots', async () => {
    const target = keep(await startTarget({ identity: good }));
    const proxy = keep(await startFaultProxy({ identity: goodProxy }));
    const fields = { ...calm(target.port), ...through(proxy.port, proxyAuthority.file) };
    const { output } = await runProcess(fields, { env: { AWS_CA_BUNDLE: aws.file } });
    expect(output.status_description).toMatch(/^SUCCESS/);
  });

  test('the bundle of the proxy does not make AWS trusted', async () => {
    const target = keep(await startTarget({ identity: good }));
    const proxy = keep(await startFaultProxy({ identity: goodProxy }));
    const fields = { ...calm(target.port), ...through(proxy.port, bundle) };
    const { output } = await runProcess(fields);
    expect(output).toMatchObject({ exit_code: 10, result: { execution: 'not_started' } });
    expect(output.status_description).toContain(`127.0.0.1:${target.port}`);
    expect(target.received()).toBe(0);
  });

  test('the roots for AWS do not make a proxy trusted that has a bundle of its own', async () => {
    const target = keep(await startTarget({ identity: good }));
    const proxy = keep(await startFaultProxy({ identity: goodProxy }));
    const fields = { ...calm(target.port), ...through(proxy.port, aws.file) };
    const { output } = await runProcess(fields, { env: { AWS_CA_BUNDLE: bundle } });
    expect(output).toMatchObject({ exit_code: 11, result: { execution: 'not_started' } });
    expect(proxy.heads).toEqual([]);
  });

  test('a name in the certificate counts, also through a proxy', async () => {
    const identity = await aws.issue({ hosts: ['localhost'] });
    const target = keep(await startTarget({ identity }));
    const proxy = keep(await startFaultProxy({ identity: goodProxy }));
    const fields = { ...calm(target.port), endpoint_url: `https://localhost:${target.port}` };
    const env = { AWS_CA_BUNDLE: aws.file };
    const direct = await runProcess(fields, { env });
    const proxied = await runProcess({ ...fields, ...through(proxy.port, proxyAuthority.file) }, { env });
    expect([direct.exitCode, proxied.exitCode]).toEqual([0, 0]);
  });
});
