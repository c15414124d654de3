import { expect, test } from '@jest/globals';
import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import { signerFor } from '../../../extension/aws/api/signer.ts';

// The kept key must be the one that the SDK derives, for each day, region, service and pair of keys.

const identities = [
  { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
  { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'another secret' },
  { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'secret', sessionToken: 'token' },
];
const days = ['2026-11-25T23:59:59Z', '2026-11-26T00:00:01Z', '2026-11-25T23:59:59Z'];
const scopes = [
  { signingName: 'lambda', region: 'eu-west-1' },
  { signingName: 'lambda', region: 'us-east-1' },
  { signingName: 'sts', region: 'us-east-1' },
];
const bodies = [undefined, '', '{}', Buffer.from('"ä"')];

const cells = identities.flatMap((identity) =>
  days.flatMap((day) => scopes.flatMap((scope) => bodies.map((body) => ({ identity, day, scope, body })))),
);

const request = (body: string | Uint8Array | undefined) =>
  new HttpRequest({
    ...{ method: 'POST', protocol: 'https:', hostname: 'example.org', path: '/a b/ä', query: { Qualifier: '1' } },
    headers: { host: 'example.org', 'x-a': ' b  c ' },
    body,
  });

test(`${cells.length} signatures in turn are those of the SDK's signer`, async () => {
  for (const { identity, day, scope, body } of cells) {
    const settings = { service: scope.signingName, region: scope.region, credentials: identity, sha256: Sha256 };
    const signingDate = new Date(day);
    const theirs = await new SignatureV4(settings).sign(request(body), { signingDate });
    const ours = await signerFor(scope, identity).sign(request(body), { signingDate });
    expect(ours.headers).toEqual(theirs.headers);
  }
});

test('the key is derived once a day', async () => {
  const identity = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
  const scope = { signingName: 'lambda', region: 'eu-west-1' };
  const signer = signerFor(scope, identity);
  const keyOf = (day: string) => Reflect.get(signer, 'getSigningKey').call(signer, identity, scope.region, day);
  expect(signerFor({ ...scope }, identity)).toBe(signer);
  expect(keyOf('20261125')).toBe(keyOf('20261125'));
  expect(keyOf('20261126')).not.toBe(keyOf('20261125'));
});
