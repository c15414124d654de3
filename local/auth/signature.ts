import { createHash, timingSafeEqual } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { type Call, header } from '../http/call.ts';
import type { Credentials, Principal } from './credentials.ts';
import { Sha256 } from './sha256.ts';
import { SignatureError } from './signature-error.ts';

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 +Credential=([^/,\s]+)\/(\d{8})\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request, *SignedHeaders=([a-z0-9;-]+), *Signature=([0-9a-f]{64})$/;
const ISO8601 = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;
const ALLOWED_SKEW_MS = 5 * 60 * 1000;
const MISMATCH =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';

/** Who signed a call, and for which region. */
export interface Signer {
  readonly principal: Principal;
  readonly region: string;
}

/** Verifies the SigV4 signature in a call's headers: the same library that signs computes it again. */
export async function verifySignature(
  call: Call,
  service: 'lambda' | 'logs' | 'sts',
  credentials: Credentials,
  now: number,
): Promise<Signer> {
  const authorization = header(call, 'authorization');
  if (authorization === undefined) throw new SignatureError('missing', 'Missing Authentication Token');
  const [, accessKeyId = '', day, region = '', scope, names = '', signature = ''] =
    AUTHORIZATION.exec(authorization) ?? [];
  const date = header(call, 'x-amz-date') ?? '';
  const signedAt = parseDate(date);
  if (day === undefined || signedAt === undefined) {
    const message = `Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters, and 'X-Amz-Date' a date.`;
    throw new SignatureError('incomplete', message);
  }
  const principal = credentials.find(accessKeyId);
  if (principal === undefined || !sameText(header(call, 'x-amz-security-token') ?? '', principal.sessionToken ?? '')) {
    throw new SignatureError('unknown', 'The security token included in the request is invalid.');
  }
  const signed = new Set(names.split(';'));
  for (const required of [
    'host',
    'x-amz-date',
    ...Object.keys(call.headers).filter((name) => name.startsWith('x-amz-')),
  ]) {
    // AWS refuses unsigned x-amz- headers: they could have been added on the way.
    if (!signed.has(required))
      throw new SignatureError('mismatch', `'${required}' must be a 'SignedHeader' in the AWS Authorization.`);
  }
  if (scope !== service) {
    throw new SignatureError('mismatch', `Credential should be scoped to correct service: '${service}'.`);
  }
  if (!date.startsWith(day)) {
    const message = `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${day}' != '${date.slice(0, 8)}', from '${date}'.`;
    throw new SignatureError('mismatch', message);
  }
  const expected = await sign(call, principal, region, service, signed, new Date(signedAt));
  if (!sameText(signature, expected) || !bodyMatches(call)) throw new SignatureError('mismatch', MISMATCH);
  checkSkew(signedAt, now);
  if (principal.expiration !== undefined && principal.expiration <= now) {
    throw new SignatureError('expired', 'The security token included in the request is expired');
  }
  return { principal, region };
}

async function sign(
  call: Call,
  principal: Principal,
  region: string,
  service: string,
  signed: ReadonlySet<string>,
  signingDate: Date,
): Promise<string> {
  const { accessKeyId, secretAccessKey } = principal;
  const signer = new SignatureV4({
    credentials: { accessKeyId, secretAccessKey },
    region,
    service,
    sha256: Sha256,
    applyChecksum: false,
  });
  const headers = Object.fromEntries([...signed].map((name) => [name, header(call, name) ?? '']));
  const query: Record<string, string[]> = {};
  for (const key of new Set(call.query.keys())) query[key] = call.query.getAll(key);
  const request = {
    method: call.method,
    protocol: 'http:',
    hostname: '',
    path: call.path,
    query,
    headers,
    body: call.body,
  };
  const { headers: answer } = await signer.sign(request, { signingDate, signableHeaders: new Set(signed) });
  return /Signature=([0-9a-f]{64})$/.exec(answer.authorization ?? '')?.[1] ?? '';
}

/** A hash in the headers is part of the signature; then the body itself has to agree with it. */
function bodyMatches(call: Call): boolean {
  const declared = header(call, 'x-amz-content-sha256');
  return declared === undefined || sameText(declared, createHash('sha256').update(call.body).digest('hex'));
}

function checkSkew(signedAt: number, now: number): void {
  const [signed, current] = [formatDate(signedAt), formatDate(now)];
  if (signedAt < now - ALLOWED_SKEW_MS) {
    const message = `Signature expired: ${signed} is now earlier than ${formatDate(now - ALLOWED_SKEW_MS)} (${current} - 5 min.)`;
    throw new SignatureError('mismatch', message);
  }
  if (signedAt > now + ALLOWED_SKEW_MS) {
    const message = `Signature not yet current: ${signed} is still later than ${formatDate(now + ALLOWED_SKEW_MS)} (${current} + 5 min.)`;
    throw new SignatureError('mismatch', message);
  }
}

function parseDate(text: string): number | undefined {
  const [, year, month, day, hour, minute, second] = ISO8601.exec(text)?.map(Number) ?? [];
  if (year === undefined) return undefined;
  return Date.UTC(year, (month ?? 1) - 1, day, hour, minute, second);
}

function formatDate(time: number): string {
  return new Date(time).toISOString().replace(/[-:]|\.\d+/g, '');
}

/** Compares in constant time: what was wrong cannot be measured. */
function sameText(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
