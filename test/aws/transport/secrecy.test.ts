import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { baseFields, cells, makeTrust, setStage, type Trust } from '../../support/network/cells.ts';
import { startFaultProxy } from '../../support/network/fault-proxy.ts';
import { type EndedProcess, eachOf, type Fields, runProcess } from '../../support/network/run.ts';
import { type ReceivedRequest, refusal, startTarget, type Target } from '../../support/network/target.ts';

/** Everything that must stay secret, each with characters that have another form in URLs, JSON and base64. */
const held = {
  'access key id': 'AKIASECRETKEYID00001',
  'secret access key': 'sEcret/Access+Key="\\1',
  'session token': 'Session+Token/With=Signs%2Fmore-and-more',
  'proxy user': 'proxy-user@corp/x',
  'proxy password': 'pr0xy:p@ss/w?#% ö"\\',
  payload: JSON.stringify({ card: '4111 1111 1111 1111', note: 'quoted "text" / näive' }),
  'client context': JSON.stringify({ custom: { tenant: 'acme "gmbh" & söhne' } }),
};

/** The ways in which a secret could show. */
const forms: [string, string][] = Object.entries(held).flatMap(([name, value]) => [
  [`${name}, raw`, value],
  [`${name}, URL-encoded`, encodeURIComponent(value)],
  [`${name}, base64`, Buffer.from(value).toString('base64')],
  [`${name}, JSON-escaped`, JSON.stringify(value).slice(1, -1)],
]);
const pair = `${held['proxy user']}:${held['proxy password']}`;
forms.push(['proxy credentials, base64', Buffer.from(pair).toString('base64')]);
forms.push(['a part of the payload', '4111 1111 1111 1111'], ['a part of the client context', 'acme']);

const confidential: Fields = {
  credentials: {
    user: held['access key id'],
    password: held['secret access key'],
    token: held['session token'],
  },
  ...{ payload_source: 'Script', payload_script: held.payload },
  ...{ client_context_source: 'Script', client_context_script: held['client context'] },
};
const proxyLogin = { user: held['proxy user'], password: held['proxy password'] };
const authorization = `Basic ${Buffer.from(pair).toString('base64')}`;

let trust: Trust;

beforeAll(async () => {
  trust = await makeTrust();
});

interface Run {
  readonly name: string;
  readonly ended: EndedProcess;
  readonly file: string;
}

async function runIt(name: string, fields: Fields, env: Record<string, string> = {}): Promise<Run> {
  const path = join(mkdtempSync(join(tmpdir(), 'secrecy-')), 'out.json');
  const ended = await runProcess(fields, {
    args: ['--log-level', 'debug', '--output', path],
    env: { AWS_CA_BUNDLE: trust.aws.file, ...env },
  });
  return { name, ended, file: readFileSync(path, 'utf8') };
}

function leaksOf({ ended: { stdout, stderr }, file }: Run): string[] {
  const places = { 'standard output': stdout, 'standard error': stderr, 'output file': file };
  return Object.entries(places).flatMap(([place, text]) =>
    forms.filter(([, form]) => text.includes(form)).map(([form]) => `${form}, in ${place}`),
  );
}

describe('every cell of the fault matrix, at debug', () => {
  // One route of each row, in turn; the last of the routes through a proxy has credentials.
  const chosen = cells.filter(({ row, route }, index) => {
    const first = cells.findIndex((cell) => cell.row === row);
    const last = first + row.routes.length - 1;
    return index === last || (index === first && route.proxy === undefined && row.at === 'response headers');
  });
  let runs: Run[];

  beforeAll(async () => {
    runs = await eachOf(chosen, 8, async (cell) => {
      const { fields, close } = await setStage(cell, trust, authorization);
      const ours: Fields = { ...confidential, ...('proxy_credentials' in fields && { proxy_credentials: proxyLogin }) };
      const { payload_script, ...withoutPayload } = ours;
      const all = { ...fields, ...(cell.row.at === 'request' ? withoutPayload : ours) };
      try {
        return await runIt(cell.name, all);
      } finally {
        await close();
      }
    });
  }, 120_000);

  test.each(chosen.map(({ name }, index) => [name, index] as const))('%s', (_, index) => {
    const run = runs[index] as Run;
    expect(run.ended.output.exit_code).toBe(chosen[index]?.row.exit);
    expect(leaksOf(run)).toEqual([]);
  });
});

describe('a server that says back what it was told', () => {
  const said = (request: ReceivedRequest) => {
    const [, context = ''] = /x-amz-client-context: (.*)/i.exec(request.head) ?? [];
    const body = Buffer.from(request.body, 'latin1').toString();
    return [
      request.head,
      body,
      context,
      Buffer.from(context, 'base64').toString(),
      Buffer.from(body).toString('base64'),
      encodeURIComponent(body),
      JSON.stringify(body),
    ];
  };
  const answers: Record<string, (request: ReceivedRequest) => string> = {
    'in the message of a refusal': (request) => refusal(400, 'InvalidRequestContentException', said(request).join(' ')),
    'in the message of a fault': (request) => refusal(500, 'ServiceException', said(request).join(' ')),
    'with its keys': () => refusal(403, 'UnrecognizedClientException', Object.values(held).join(' ')),
    'in the name of the error': () => refusal(400, held['access key id'], 'no'),
    'in the request id': () =>
      refusal(400, 'X', 'no').replace(/x-amzn-requestid: \S+/, `x-amzn-requestid: ${held['access key id']}`),
    'in a page': (request) => {
      const page = `<html>${said(request).join(' ')}</html>`;
      return `HTTP/1.1 502 No\r\ncontent-type: text/html\r\ncontent-length: ${Buffer.byteLength(page)}\r\n\r\n${page}`;
    },
    'in what is not HTTP': (request) => said(request).join(' '),
  };
  let target: Target;
  let answer: (request: ReceivedRequest) => string;

  beforeAll(async () => {
    target = await startTarget({ answer: (request) => answer(request) });
  });
  afterAll(() => target.close());

  test.each(Object.keys(answers))('%s', async (name) => {
    answer = answers[name] as typeof answer;
    const proxy = await startFaultProxy({ authorization });
    const proxied = { use_proxy: true, proxy: `http://127.0.0.1:${proxy.port}`, proxy_credentials: proxyLogin };
    const fields = { ...baseFields(`http://127.0.0.1:${target.port}`), ...confidential, ...proxied };
    const run = await runIt(name, fields);
    await proxy.close();
    expect(run.ended.output.exit_code).toBeGreaterThan(0);
    expect(leaksOf(run)).toEqual([]);
  });

  test('STS, with the keys of the task', async () => {
    answer = () => {
      const keys = Object.values(held).join(' ').replace(/&/g, '&amp;').replace(/</g, '&lt;');
      const xml = `<ErrorResponse><Error><Code>InvalidClientTokenId</Code><Message>${keys}</Message></Error></ErrorResponse>`;
      return `HTTP/1.1 403 No\r\nx-amzn-requestid: r\r\ncontent-type: text/xml\r\ncontent-length: ${Buffer.byteLength(xml)}\r\n\r\n${xml}`;
    };
    const { payload_source, payload_script, client_context_source, client_context_script, ...keys } = confidential;
    const url = `http://127.0.0.1:${target.port}`;
    const role = { role_based_access: true, role_arn: 'arn:aws:iam::123456789012:role/x', sts_endpoint_url: url };
    const run = await runIt('sts', { ...baseFields(url), ...keys, ...role });
    expect(run.ended.output.exit_code).toBe(2);
    expect(leaksOf(run).filter((leak) => /key|token/.test(leak))).toEqual([]);
  });
});

describe('what else could talk', () => {
  test('DEBUG=*, through a proxy over TLS with credentials', async () => {
    const target = await startTarget({ identity: trust.target });
    const proxy = await startFaultProxy({ identity: trust.proxyServer, authorization });
    const proxied = {
      ...{ use_proxy: true, proxy_type: 'HTTPS with Credentials', proxy: `https://127.0.0.1:${proxy.port}` },
      ...{ proxy_credentials: proxyLogin, proxy_ca_bundle_file: trust.proxy.file },
    };
    const fields = { ...baseFields(`https://127.0.0.1:${target.port}`), ...confidential, ...proxied };
    const run = await runIt('DEBUG', fields, { DEBUG: '*' });
    await Promise.all([target.close(), proxy.close()]);
    expect(run.ended.output.status_description).toMatch(/^SUCCESS/);
    expect(leaksOf(run)).toEqual([]);
  });

  test.each([
    [
      'a password in the proxy URL',
      { use_proxy: true, proxy: `http://user:${encodeURIComponent(held['proxy password'])}@127.0.0.1:1` },
    ],
    ['half of the credentials', { credentials: { password: held['secret access key'] } }],
    [
      'a payload that is not JSON',
      { payload_source: 'Script', payload_script: `${held.payload} ${held['secret access key']}` },
    ],
    [
      'a client context that is not JSON',
      { client_context_source: 'Script', client_context_script: held['proxy password'] },
    ],
    [
      'secrets in fields that do not exist',
      { secret_key: held['secret access key'], proxy_pass: held['proxy password'] },
    ],
    ['credentials of another form', { credentials: [held['secret access key'], held['session token']] }],
    [
      'flattened credentials',
      { 'credentials.user': held['access key id'], credentials_password: held['secret access key'], nonsense: 1 },
    ],
  ])('fields that are wrong: %s', async (name, wrong) => {
    const run = await runIt(name, { ...baseFields('http://127.0.0.1:9'), ...wrong });
    expect(run.ended.output.exit_code).toBe(20);
    expect(leaksOf(run)).toEqual([]);
  });

  test('input that is not JSON', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'secrecy-')), 'fields.json');
    writeFileSync(path, `{"credentials": {"password": ${JSON.stringify(held['secret access key'])} oops`);
    const ended = await runProcess({}, { args: ['--log-level', 'debug', '--fields', path] });
    expect(ended.exitCode).toBe(20);
    expect(leaksOf({ name: '', ended, file: '' })).toEqual([]);
  });
});
