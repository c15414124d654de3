import type { CallFailure } from './call-failure.ts';
import { isCertificateCode } from './verdict.ts';

/** Says in a sentence why a call broke off, with the host that it concerns and what to do. */
export function reasonOf(failure: CallFailure): string {
  const { call, code, end, phase, refusal } = failure;
  const peer = phase === 'proxy' ? `the proxy ${failure.proxyUrl}` : failure.host;
  if (refusal !== null) return foreignAnswer(failure, refusal.httpStatus);
  if (end === 'timed out') return `${call}: ${peer} ${timeouts[phase]} (${limitOf(failure)})`;
  if (code !== null && isCertificateCode(code)) return certificate(peer, code, phase === 'proxy');
  const reason = reasons[code ?? ''] ?? failure.message;
  const where = phase === 'idle' ? '' : `${peer}: `; // nobody was asked yet
  return `${call}: ${where}${reason}${code === null ? '' : ` (${code})`}`;
}

function foreignAnswer({ call, host, proxyUrl }: CallFailure, httpStatus: number): string {
  if (httpStatus === 407 && proxyUrl !== null) {
    return `${call}: ${proxyUrl} asks for proxy credentials (407); set proxy_credentials`;
  }
  return `${call}: ${host} answered ${httpStatus}, but not as AWS does; check endpoint_url and any proxy or gateway in between`;
}

const timeouts: Readonly<Record<CallFailure['phase'], string>> = {
  idle: 'was not reached in time',
  connecting: 'was not reached in time',
  proxy: 'did not open a tunnel in time',
  tunnel: 'did not finish the TLS handshake through the proxy in time',
  tls: 'did not finish the TLS handshake in time',
  ready: 'sent no answer in time',
  response: 'did not finish its answer in time',
};

function limitOf({ phase, deadline }: CallFailure): string {
  return phase === 'ready' || phase === 'response' ? deadline : 'connect_timeout';
}

const reasons: Readonly<Record<string, string>> = {
  ECONNABORTED: 'the connection was aborted',
  ECONNREFUSED: 'connection refused; check host and port, and that the service is running',
  ECONNRESET: 'the connection was reset',
  EAI_AGAIN: 'the name server does not answer; check DNS, or set use_proxy if this host has no direct way out',
  EHOSTUNREACH: 'no route to the host; check the network, or set use_proxy',
  ENETUNREACH: 'the network is unreachable; check the network, or set use_proxy',
  ENOTFOUND: 'no such host; check the region or URL, or set use_proxy if this host has no direct way out',
  EPIPE: 'the connection was closed while the request was being sent',
  EPROTO: 'it does not speak TLS on this port; check whether the URL should begin with http: or https:',
  ETIMEDOUT: 'the connection is dead: nothing came back within the TCP time limits',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS on this port; check whether the URL should begin with http:',
};

function certificate(peer: string, code: string, isProxy: boolean): string {
  const why = certificates[code] ?? 'its certificate is not valid';
  const trust = isProxy ? 'proxy_ca_bundle_file' : 'AWS_CA_BUNDLE or NODE_EXTRA_CA_CERTS';
  const remedy = untrusted.has(code) ? `; if you trust it, name a PEM file with its issuer in ${trust}` : '';
  return `${peer}: ${why} (${code})${remedy}`;
}

const certificates: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired; renew it there, or check the clock of this host',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet; check the clock of this host',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name; check the URL',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate chain ends in a root that is not trusted',
  UNABLE_TO_GET_ISSUER_CERT: 'an issuer in its certificate chain is not known',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'the issuer of its certificate is not known, or the server leaves out an intermediate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'the issuer of its certificate is not known, or the server leaves out an intermediate',
};

/** The faults of trust, not of the certificate itself: with other roots the certificate could be valid. */
export const untrusted: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);
