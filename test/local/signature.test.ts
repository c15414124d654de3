import { request } from 'node:http';
import { GetAccountSettingsCommand, InvokeCommand, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SignatureV4 } from '@smithy/signature-v4';
import { Sha256 } from '../../local/auth/sha256.ts';
import { DENIED_KEY, LOCAL_KEY, type LoggedLocal, lambdaClient, start } from './support/local.ts';

let local: LoggedLocal;

beforeAll(async () => {
  local = await start();
});
afterAll(() => local.close());

interface Raw {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string;
  service?: string;
  date?: Date;
}

const SETTINGS = '/2016-08-19/account-settings';
const INVOKE = '/2015-03-31/functions/warm/invocations';

async function sign({ method = 'GET', path = SETTINGS, headers = {}, body = '', service = 'lambda', date }: Raw) {
  const signer = new SignatureV4({
    credentials: LOCAL_KEY,
    region: 'eu-central-1',
    service,
    sha256: Sha256,
    applyChecksum: false,
  });
  const unsigned = {
    method,
    protocol: 'http:',
    hostname: '127.0.0.1',
    path,
    headers: { host: `127.0.0.1:${local.port}`, ...headers },
    body,
  };
  return signer.sign(unsigned, date === undefined ? {} : { signingDate: date });
}

function send(raw: Raw, headers: Record<string, string>) {
  const { method = 'GET', path = SETTINGS, body = '' } = raw;
  return new Promise<{ status: number | undefined; type: unknown; body: string }>((resolve, reject) => {
    const call = request(`${local.url}${path}`, { method, headers }, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode, type: response.headers['x-amzn-errortype'], body: text });
    });
    call.once('error', reject);
    call.end(body);
  });
}

async function sendSigned(raw: Raw, change: (headers: Record<string, string>) => void = () => {}, body = raw.body) {
  const { headers } = await sign(raw);
  change(headers);
  return send({ ...raw, ...(body !== undefined && { body }) }, headers);
}

describe('a signature', () => {
  test('that is right is accepted', async () => {
    expect((await sendSigned({})).status).toBe(200);
  });

  test('is needed', async () => {
    expect(await send({}, {})).toEqual({
      status: 403,
      type: 'MissingAuthenticationTokenException',
      body: '{"message":"Missing Authentication Token"}',
    });
  });

  test.each<[string, Raw, (headers: Record<string, string>) => void]>([
    ['another body', { method: 'POST', path: INVOKE, body: '{}' }, () => {}],
    [
      'another signed header',
      { headers: { 'x-amz-log-type': 'None' } },
      (h) => Object.assign(h, { 'x-amz-log-type': 'Tail' }),
    ],
    ['an unsigned x-amz header', {}, (h) => Object.assign(h, { 'x-amz-log-type': 'Tail' })],
    ['another service', { service: 'sts' }, () => {}],
    [
      'another day in its scope',
      {},
      (h) => Object.assign(h, { authorization: h.authorization?.replace(/\/\d{8}\//, '/20200101/') }),
    ],
    ['another hash of the body', { headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } }, () => {}],
  ])('for %s is refused', async (what, raw, change) => {
    const before = local.executions();
    const answer = await sendSigned(raw, change, what === 'another body' ? '{"a":1}' : undefined);
    expect(answer).toMatchObject({ status: 403, type: 'InvalidSignatureException' });
    expect(local.executions()).toBe(before);
  });

  test('that is half there is incomplete', async () => {
    const answer = await sendSigned({}, (headers) => {
      headers.authorization = 'AWS4-HMAC-SHA256 Credential=local';
    });
    expect(answer).toMatchObject({ status: 403, type: 'IncompleteSignatureException' });
  });

  test.each([
    [
      'too old',
      -301_000,
      /^Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z \(\d{8}T\d{6}Z - 5 min\.\)$/,
    ],
    ['too new', 302_000, /^Signature not yet current: /],
  ])('that is %s is refused', async (_what, skew, message) => {
    const { type, body } = await sendSigned({ date: new Date(Date.now() + skew) });
    expect(type).toBe('InvalidSignatureException');
    expect(JSON.parse(body).message).toMatch(message);
  });

  test('within five minutes is accepted', async () => {
    expect((await sendSigned({ date: new Date(Date.now() - 290_000) })).status).toBe(200);
  });

  test('may carry the hash of the body', async () => {
    const hash = new Sha256();
    hash.update('');
    const headers = { 'x-amz-content-sha256': Buffer.from(await hash.digest()).toString('hex') };
    expect((await sendSigned({ headers })).status).toBe(200);
  });

  test('covers the query, in whatever order it comes', async () => {
    const client = lambdaClient(local);
    const { Functions } = await client.send(new ListFunctionsCommand({ MaxItems: 1, FunctionVersion: 'ALL' }));
    expect(Functions).toHaveLength(1);
  });
});

describe('the key', () => {
  const settings = (credentials: Parameters<typeof lambdaClient>[1]) =>
    lambdaClient(local, credentials).send(new GetAccountSettingsCommand({}));

  test('that nobody knows is unrecognized', async () => {
    await expect(settings({ ...LOCAL_KEY, accessKeyId: 'AKIANOBODY' })).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
      message: 'The security token included in the request is invalid.',
      $metadata: { httpStatusCode: 403 },
    });
  });

  test('with a token that is not its own is unrecognized', async () => {
    const answer = settings({ ...LOCAL_KEY, sessionToken: 'invented' });
    await expect(answer).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
  });

  test('with a wrong secret gives a wrong signature', async () => {
    await expect(settings({ ...LOCAL_KEY, secretAccessKey: 'guessed' })).rejects.toMatchObject({
      name: 'InvalidSignatureException',
      message: expect.stringMatching(/^The request signature we calculated does not match/),
      $metadata: { httpStatusCode: 403 },
    });
  });

  test('`denied` may do nothing', async () => {
    const denied = lambdaClient(local, DENIED_KEY);
    const resource = 'arn:aws:lambda:eu-central-1:123456789012:function:warm';
    await expect(denied.send(new InvokeCommand({ FunctionName: 'warm' }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(
        `User: arn:aws:iam::123456789012:user/denied is not authorized to perform: lambda:InvokeFunction on resource: ${resource}`,
      ),
      $metadata: { httpStatusCode: 403 },
    });
    await expect(settings(DENIED_KEY)).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(local.executions('warm')).toBe(0);
  });
});
