import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as lambdaSchemas from '@aws-sdk/client-lambda';
import {
  GetAccountSettings$,
  GetAccountSettingsCommand,
  Invoke$,
  InvokeCommand,
  LambdaClient,
  ListFunctions$,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda';
import { AssumeRole$, AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import { lambdaProtocol } from '../../../extension/aws/api/lambda.ts';
import { lambdaUrl, stsUrl } from '../../../extension/aws/api/regional-endpoint.ts';
import { exchange, keptEndpoint, type Operation, operation, type Service } from '../../../extension/aws/api/service.ts';
import { stsService } from '../../../extension/aws/credentials/assume-role.ts';
import { AnswerError } from '../../../extension/aws/transport/answer-error.ts';
import { RequestProgress } from '../../../extension/aws/transport/progress.ts';
import { Transport } from '../../../extension/aws/transport/transport.ts';
import { random } from '../../support/random.ts';

// The SDK's own client and our call path meet the same server: what it receives from both must be alike.

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const seen: Seen[] = [];
let reply: Reply;
let server: Server;
let origin: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url, headers } = request;
      seen.push({ method, url, headers, body: Buffer.concat(chunks) });
      response.writeHead(reply.status, { 'content-length': Buffer.byteLength(reply.body), ...reply.headers });
      response.end(reply.body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});
beforeEach(() => {
  seen.length = 0;
  reply = { status: 200, headers: { 'x-amzn-requestid': 'r-1', 'content-type': 'application/json' }, body: '{}' };
});

const identities = [
  { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' },
  { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'secret', sessionToken: 'Fwo//+token==' },
] as const;

type Identity = (typeof identities)[number];

const explicit = (endpoint: string, region: string, credentials: Identity) =>
  ({ endpoint, region, credentials, maxAttempts: 1, useFipsEndpoint: false, useDualstackEndpoint: false }) as const;

function ours(endpoint: string, region: string): Service {
  const transport = new Transport(undefined);
  const url = keptEndpoint(async () => new URL(endpoint));
  return {
    ...{ signingName: 'lambda', region, endpoint: url, transport },
    protocol: lambdaProtocol(),
    clock: { offset: 0 },
  };
}

/** What differs between two requests of the same meaning: who sends, when, and an id made for each. */
const own = new Set([
  'user-agent',
  'x-amz-user-agent',
  'amz-sdk-invocation-id',
  'x-amz-date',
  'authorization',
  'connection',
]);

function comparable({ method, url, headers, body }: Seen) {
  const signedHeaders = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? '')?.[1];
  const scope = /Credential=[^/]+\/\d+\/([^,]+)/.exec(headers.authorization ?? '')?.[1];
  const others = Object.fromEntries(Object.entries(headers).filter(([name]) => !own.has(name)));
  return {
    method,
    url,
    headers: others,
    names: Object.keys(headers).sort(),
    body: body.toString('hex'),
    signedHeaders,
    scope,
  };
}

/** Signs what arrived once more, with the SDK's signer, and compares. */
async function expectSigned(request: Seen, identity: Identity, region: string, service: string): Promise<void> {
  const { method = '', url = '', headers, body } = request;
  const date = String(headers['x-amz-date']);
  const names = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? '')?.[1]?.split(';') ?? [];
  const kept = Object.fromEntries(
    names
      .filter((name) => !/^x-amz-(date|security-token|content-sha256)$/.test(name))
      .map((name) => [name, String(headers[name])]),
  );
  const { pathname, searchParams } = new URL(url, origin);
  const query: Record<string, string> = Object.fromEntries(searchParams);
  const copy = new HttpRequest({
    method,
    path: pathname,
    query,
    headers: kept,
    body,
    hostname: '127.0.0.1',
    protocol: 'http:',
  });
  const signer = new SignatureV4({ service, region, credentials: identity, sha256: Sha256, applyChecksum: true });
  const signingDate = new Date(date.replace(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/, '$1-$2-$3T$4:$5:$6Z'));
  const signed = await signer.sign(copy, { signingDate });
  expect(headers.authorization).toBe(signed.headers.authorization);
}

const names = [
  'hello',
  'a.b-c_d',
  'hello:PROD',
  '123456789012:function:hello',
  'arn:aws:lambda:eu-west-1:123456789012:function:hello',
  'arn:aws-cn:lambda:cn-north-1:123456789012:function:x',
];
const qualifiers = [undefined, 'PROD', '$LATEST', '$LATEST.PUBLISHED', '7', 'a_b-c'];
const odd = ['', 'a b', 'ä/ö?&=#', '100%', '漢字', '"quoted"', "+~*'()!", '\u{1f600}'];
const paths = ['', '/', '/prefix', '/a/b c/', '/x%20y'];
const regions = [
  'us-east-1',
  'eu-central-1',
  'cn-north-1',
  'us-gov-west-1',
  'us-iso-east-1',
  'eusc-de-east-1',
  'xx-made-up-9',
];

function invokeInput(pick: ReturnType<typeof random>) {
  const payload = pick.of([
    undefined,
    '',
    '{}',
    JSON.stringify({ text: pick.of(odd), n: pick.number(1e6) }),
    `"${'x'.repeat(pick.number(5000))}"`,
  ]);
  const context = pick.of([undefined, Buffer.from(JSON.stringify({ custom: pick.of(odd) })).toString('base64')]);
  return {
    FunctionName: pick.of(names),
    ...optional('Qualifier', pick.of(qualifiers)),
    ...optional('InvocationType', pick.of(['RequestResponse', 'Event', 'DryRun'] as const)),
    ...optional('LogType', pick.of([undefined, 'Tail', 'None'] as const)),
    ...optional('ClientContext', context),
    ...optional('TenantId', pick.of([undefined, 'tenant/1 @x', 'a:b=c+d'])),
    ...optional('DurableExecutionName', pick.of([undefined, 'order-17'])),
    ...(payload !== undefined && { Payload: Buffer.from(payload) }),
  };
}

function optional<K extends string, V>(key: K, value: V | undefined) {
  return (value === undefined ? {} : { [key]: value }) as { [name in K]?: V };
}

const rounds = 560;

test(`${rounds} requests of every operation: the server receives the same from the SDK's client and from us`, async () => {
  const pick = random();
  const clients = new Map<string, LambdaClient>();
  const services = new Map<string, Service>();
  for (let round = 0; round < rounds; round += 1) {
    const [endpoint, region, identity] = [origin + pick.of(paths), pick.of(regions), pick.of(identities)];
    const key = `${endpoint} ${region} ${identity.accessKeyId}`;
    if (!clients.has(key)) clients.set(key, new LambdaClient(explicit(endpoint, region, identity)));
    if (!services.has(key)) services.set(key, ours(endpoint, region));
    const client = clients.get(key) as LambdaClient;
    const [schema, input, command] = operationOf(round, pick);
    seen.length = 0;
    await client.send(command as InvokeCommand);
    await exchange(services.get(key) as Service, schema, input, identity, new RequestProgress());
    const [theirs, our] = seen as [Seen, Seen];
    expect(comparable(our)).toEqual(comparable(theirs));
    if (round % 10 === 0) await expectSigned(our, identity, region, 'lambda');
  }
  for (const client of clients.values()) client.destroy();
  for (const { transport } of services.values()) transport.close();
}, 120_000);

function operationOf(round: number, pick: ReturnType<typeof random>): [Operation, object, unknown] {
  if (round % 10 === 1) return [operation(GetAccountSettings$), {}, new GetAccountSettingsCommand({})];
  if (round % 10 === 2) {
    const input = {
      ...optional('Marker', pick.of([undefined, ...odd.slice(1)])),
      MaxItems: 1 + pick.number(50),
      ...optional('FunctionVersion', pick.of([undefined, 'ALL'] as const)),
    };
    return [operation(ListFunctions$), input, new ListFunctionsCommand(input)];
  }
  const input = invokeInput(pick);
  return [operation(Invoke$), input, new InvokeCommand(input)];
}

test('AssumeRole: 60 requests', async () => {
  const pick = random();
  reply = { ...reply, body: '<AssumeRoleResponse><AssumeRoleResult/></AssumeRoleResponse>' };
  for (let round = 0; round < 60; round += 1) {
    const [endpoint, region, identity] = [origin + pick.of(paths), pick.of(regions), pick.of(identities)];
    const input = {
      RoleArn: `arn:aws:iam::123456789012:role/${pick.of(['a', 'path/b', 'c+d=e,f.g@h-i'])}`,
      RoleSessionName: pick.of(['ue-aws-lambda', 'job=1,a@b']),
      DurationSeconds: 900 + pick.number(1000),
      ...optional('ExternalId', pick.of([undefined, 'a/b:c=d,e@f'])),
    };
    const client = new STSClient(explicit(endpoint, region, identity));
    const transport = new Transport(undefined);
    const service = stsService({ region, stsEndpoint: async () => new URL(endpoint) }, transport);
    seen.length = 0;
    await client.send(new AssumeRoleCommand(input));
    await exchange(service, operation(AssumeRole$), input, identity, new RequestProgress());
    client.destroy();
    transport.close();
    const [theirs, our] = seen as [Seen, Seen];
    expect(comparable(our)).toEqual(comparable(theirs));
    await expectSigned(our, identity, region, 'sts');
  }
}, 60_000);

describe('the endpoints of all partitions', () => {
  const cells = regions.flatMap((region) =>
    [false, true].flatMap((fips) => [false, true].map((dualstack) => ({ region, fips, dualstack }))),
  );

  test.each(cells)('%j', async ({ region, fips, dualstack }) => {
    const settings = { region, credentials: identities[0], useFipsEndpoint: fips, useDualstackEndpoint: dualstack };
    for (const [client, command, url] of [
      [new LambdaClient(settings), new GetAccountSettingsCommand({}), lambdaUrl],
      [new STSClient(settings), new AssumeRoleCommand({ RoleArn: 'a', RoleSessionName: 'b' }), stsUrl],
    ] as const) {
      expect(hostOf(() => url({ region, fips, dualstack }))).toBe(await hostOfSdk(client, command));
    }
  });

  function hostOf(url: () => URL): string {
    try {
      return url().host;
    } catch {
      return 'none';
    }
  }

  /** The host that the SDK's client would send to; it is stopped before it does. */
  async function hostOfSdk(client: LambdaClient | STSClient, command: unknown): Promise<string> {
    let host = 'none';
    const stop = (next: unknown) => (args: { request: unknown }) => {
      host = (args.request as HttpRequest).hostname;
      return Promise.reject(next === null ? null : new Error('stopped'));
    };
    (client as LambdaClient).middlewareStack.add(stop as never, { step: 'finalizeRequest', priority: 'low' });
    await (client as LambdaClient).send(command as GetAccountSettingsCommand).catch(() => {});
    return host;
  }
});

/** Name, status and members of every error that an operation's answers may hold. */
const modelledErrors = Object.entries(lambdaSchemas)
  .filter(
    ([name, schema]) =>
      name.endsWith('Exception$') && Array.isArray(schema) && !String(schema[1]).includes('synthetic'),
  )
  .map(
    ([name, schema]) => [name.slice(0, -1), ((schema as unknown[])[3] as { [key: string]: unknown }) ?? {}] as const,
  );

async function bothErrors(): Promise<{ theirs: Error & { $metadata: { httpStatusCode: number } }; our: AnswerError }> {
  const client = new LambdaClient(explicit(origin, 'us-east-1', identities[0]));
  const service = ours(origin, 'us-east-1');
  const theirs = await client.send(new InvokeCommand({ FunctionName: 'a' })).catch((error) => error);
  const our = await exchange(
    service,
    operation(Invoke$),
    { FunctionName: 'a' },
    identities[0],
    new RequestProgress(),
  ).catch((error) => error);
  client.destroy();
  service.transport.close();
  return { theirs, our };
}

describe('answers are read alike', () => {
  test.each(modelledErrors)('%s', async (name, traits) => {
    const status = Number((Object.values(traits) as unknown[]).flat().find((value) => Number(value) >= 400) ?? 400);
    for (const [headers, body] of [
      [
        { 'x-amzn-errortype': `${name}:http://internal.amazon.com/` },
        JSON.stringify({ Message: 'what is wrong', Type: 'User' }),
      ],
      [{}, JSON.stringify({ __type: `com.amazonaws.lambda#${name}`, message: 'what is wrong' })],
      [{}, JSON.stringify({ code: name, message: 'what is wrong' })],
    ] as const) {
      reply = { status, headers: { 'x-amzn-requestid': 'r-1', ...headers }, body };
      const { theirs, our } = await bothErrors();
      expect(our).toBeInstanceOf(AnswerError);
      expect([our.name, our.message]).toEqual([theirs.name, theirs.message]);
      expect(our.fromAws).toBe(true);
    }
  });

  test('500 generated bodies of invocations, with headers', async () => {
    const pick = random();
    const client = new LambdaClient(explicit(origin, 'us-east-1', identities[0]));
    const service = ours(origin, 'us-east-1');
    for (let round = 0; round < 500; round += 1) {
      const headers = {
        'x-amzn-requestid': `r-${round}`,
        ...optional('x-amz-function-error', pick.of([undefined, 'Unhandled', 'Handled'])),
        ...optional('x-amz-executed-version', pick.of([undefined, '$LATEST', '7'])),
        ...optional('x-amz-log-result', pick.of([undefined, 'aGVsbG8='])),
        ...optional('x-amz-durable-execution-arn', pick.of([undefined, 'arn:aws:lambda:x/durable-execution/a/b'])),
      } as Record<string, string>;
      reply = { status: pick.of([200, 202, 204]), headers, body: '' };
      if (reply.status === 200)
        reply = {
          ...reply,
          body: pick.of(['', 'null', '{}', JSON.stringify(pick.of(odd)), '\u0000', `[${pick.number(1e9)}]`]),
        };
      const { $metadata, ...theirs } = await client.send(new InvokeCommand({ FunctionName: 'a' }));
      const { output } = await exchange(
        service,
        operation(Invoke$),
        { FunctionName: 'a' },
        identities[0],
        new RequestProgress(),
      );
      const { $metadata: metadata, ...our } = output as typeof theirs & { $metadata: typeof $metadata };
      expect(our).toEqual(theirs);
      expect([metadata.httpStatusCode, metadata.requestId]).toEqual([$metadata.httpStatusCode, $metadata.requestId]);
    }
    client.destroy();
    service.transport.close();
  }, 60_000);
});
