import { describe, expect, test } from '@jest/globals';
import type { CallFailure } from '../../extension/outcome/call-failure.ts';
import { reasonOf, untrusted } from '../../extension/outcome/reason.ts';
import { brokenCall, refusedCall } from './support/failures.ts';

const proxyUrl = 'http://proxy:3128';

describe('a call that broke off', () => {
  test.each<[string, Partial<CallFailure>]>([
    ['Invoke hello: it broke', { phase: 'idle' }],
    ['Invoke hello: it broke (EODD)', { phase: 'idle', code: 'EODD' }],
    ['Invoke hello: lambda:443: it broke', {}],
    ['Invoke hello: lambda:443: the connection was reset (ECONNRESET)', { phase: 'ready', code: 'ECONNRESET' }],
    ['Invoke hello: the proxy http://proxy:3128: it broke', { phase: 'proxy', proxyUrl }],
    ['Invoke hello: lambda:443: it broke', { phase: 'tunnel', proxyUrl }],
  ])('%s', (reason, over) => {
    expect(reasonOf(brokenCall(over))).toBe(reason);
  });

  test.each(
    `ECONNABORTED ECONNREFUSED ECONNRESET EAI_AGAIN EHOSTUNREACH ENETUNREACH ENOTFOUND EPIPE EPROTO ETIMEDOUT
      ERR_SSL_WRONG_VERSION_NUMBER`.split(/\s+/),
  )('%s is explained', (code) => {
    const reason = reasonOf(brokenCall({ code }));
    expect(reason).toMatch(/^Invoke hello: lambda:443: [a-z].{15,} \([A-Z_]+\)$/);
    expect(reason).not.toContain('it broke');
    expect(reason).toContain(`(${code})`);
  });

  test.each<[CallFailure['phase'], string]>([
    ['idle', 'was not reached in time (connect_timeout)'],
    ['connecting', 'was not reached in time (connect_timeout)'],
    ['proxy', 'did not open a tunnel in time (connect_timeout)'],
    ['tunnel', 'did not finish the TLS handshake through the proxy in time (connect_timeout)'],
    ['tls', 'did not finish the TLS handshake in time (connect_timeout)'],
    ['ready', 'sent no answer in time (wait_for_completion_timeout)'],
    ['response', 'did not finish its answer in time (wait_for_completion_timeout)'],
  ])('too late: %s', (phase, reason) => {
    const peer = phase === 'proxy' ? 'the proxy http://proxy:3128' : 'lambda:443';
    const failure = brokenCall({ phase, end: 'timed out', proxyUrl, code: 'CERT_HAS_EXPIRED' });
    expect(reasonOf(failure)).toBe(`Invoke hello: ${peer} ${reason}`);
  });
});

describe('an answer that is none of AWS', () => {
  const odd = 'but not as AWS does; check endpoint_url and any proxy or gateway in between';
  const asked = `Invoke hello: ${proxyUrl} asks for proxy credentials (407); set proxy_credentials`;
  test.each<[number, string | null, string]>([
    [407, proxyUrl, asked],
    [407, null, `Invoke hello: lambda:443 answered 407, ${odd}`],
    [502, proxyUrl, `Invoke hello: lambda:443 answered 502, ${odd}`],
  ])('%i, %s', (httpStatus, proxy, reason) => {
    expect(reasonOf(refusedCall({ httpStatus, fromAws: false }, { proxyUrl: proxy }))).toBe(reason);
  });
});

describe('a certificate that is not valid', () => {
  const cannotTrust = [
    ...['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_GET_ISSUER_CERT'],
    ...['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ];
  const trust = 'if you trust it, name a PEM file with its issuer in';

  test('is a question of trust for these codes only', () => {
    expect([...untrusted].sort()).toEqual(cannotTrust);
  });

  test.each(cannotTrust)('%s names where to trust it', (code) => {
    const known = /^lambda:443: (?!its certificate is not valid)[a-z].{20,} \([A-Z_]+\); /;
    const own = reasonOf(brokenCall({ phase: 'tls', code }));
    expect(own).toMatch(known);
    expect(own.endsWith(`(${code}); ${trust} AWS_CA_BUNDLE or NODE_EXTRA_CA_CERTS`)).toBe(true);
    const proxy = reasonOf(brokenCall({ phase: 'proxy', code, proxyUrl }));
    expect(proxy.startsWith(`the proxy ${proxyUrl}: `)).toBe(true);
    expect(proxy.endsWith(`(${code}); ${trust} proxy_ca_bundle_file`)).toBe(true);
  });

  test.each([
    ['CERT_HAS_EXPIRED', 'its certificate has expired; renew it there, or check the clock of this host'],
    ['CERT_NOT_YET_VALID', 'its certificate is not valid yet; check the clock of this host'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for another host name; check the URL'],
    ['CERT_REVOKED', 'its certificate is not valid'],
  ])('%s', (code, why) => {
    expect(reasonOf(brokenCall({ phase: 'tls', code }))).toBe(`lambda:443: ${why} (${code})`);
  });
});
