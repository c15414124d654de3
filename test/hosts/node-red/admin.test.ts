import { readdirSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Local } from '../../../local/server.ts';
import { startExamples } from '../../connector/support.ts';
import { Editor } from './support/editor.ts';
import { CONNECTION, flowWith, helper, local } from './support/node-red.ts';

/** Functions that the local endpoint serves. */
const examples = readdirSync('examples/functions').filter((name) => name.endsWith('.mjs')).length;

let lambda: Local;

beforeAll(async () => {
  lambda = await startExamples();
  await new Promise<void>((done) => helper.startServer(done));
});
afterEach(() => helper.unload());
afterAll(async () => {
  await new Promise<void>((done) => helper.stopServer(done));
  await lambda.close();
});

const invoke = { type: 'connected.awslambda.invoke', functionName: 'hello', payload: '{}', payloadType: 'json' };

describe('what the editor asks', () => {
  const profile = () => ({ name: 'Plant 7', region: 'us-east-1', endpointUrl: lambda.url });
  const ask = (question: string, body: object) => helper.request().post(`/awslambda/${question}`).send(body);
  const errorOf = ({ body }: { body: unknown }) => (body as { error: string }).error;

  test('a test with stored keys, with typed ones, and without any', async () => {
    await flowWith(invoke, lambda.url);
    const stored = await ask('test', { id: CONNECTION, profile: profile() });
    expect(stored.body).toMatchObject({ success: true, data: { usage: { functionCount: examples } } });
    const credentials = { accessKeyId: 'denied', secretAccessKey: 'denied-secret' };
    const typed = await ask('test', { id: CONNECTION, profile: profile(), credentials });
    expect(typed.body).toMatchObject({
      success: false,
      metadata: { cause: 'The IAM policy is missing lambda:GetAccountSettings' },
    });
    const half = await ask('test', { id: CONNECTION, profile: profile(), credentials: { secretAccessKey: '' } });
    expect(errorOf(half)).toBe('secretAccessKey: is required when accessKeyId is set');
    for (const { text } of [stored, typed, half]) expect(text).not.toMatch(/local-secret|denied-secret/);
  });

  test('the functions', async () => {
    await flowWith(invoke, lambda.url);
    const { body } = await ask('functions', {
      id: CONNECTION,
      profile: profile(),
      credentials: { accessKeyId: '__PWRD__' },
    });
    expect(body).toMatchObject({ success: true, data: { count: examples } });
  });

  test.each([[{}], [{ id: 7, profile: 'x', credentials: null }], [{ profile: { name: '', region: '!' } }]])(
    'nonsense gets an answer: %j',
    async (body) => {
      await flowWith(invoke, lambda.url);
      const answer = await ask('test', body);
      expect(answer.body).toMatchObject({ success: false });
    },
  );

  test('without the permission awslambda.write there is no answer', async () => {
    const editor = new Editor({ permissions: ['flows.read', 'flows.write', 'nodes.read', 'settings.read'] });
    try {
      await editor.start();
      for (const question of ['test', 'functions']) {
        const headers = { 'content-type': 'application/json' };
        const body = JSON.stringify({ profile: { name: 'Plant 7', region: 'us-east-1' } });
        const answer = await fetch(`${editor.url}awslambda/${question}`, { method: 'POST', headers, body });
        expect([answer.status, await answer.text()]).toEqual([401, '']);
      }
      expect((await fetch(`${editor.url}flows`)).status).toBe(200);
    } finally {
      await editor.stop();
      editor.remove();
    }
  });

  test('an unknown question is not answered', async () => {
    await flowWith(invoke, lambda.url);
    expect((await ask('invoke', {})).status).toBe(404);
  });

  test.each([
    'application/x-www-form-urlencoded',
    'text/plain',
    'multipart/form-data; boundary=x',
    'application/jsonp',
  ])('a question of the type %s, as the page of another site can send it, is refused', async (type) => {
    await flowWith(invoke, lambda.url);
    const body = `id=${CONNECTION}&profile[name]=x&profile[region]=us-east-1&profile[endpointUrl]=${lambda.url}`;
    const answer = await helper.request().post('/awslambda/test').set('content-type', type).send(body);
    expect([answer.status, errorOf(answer)]).toEqual([415, 'runtime.notJson']);
  });

  test('JSON with a charset is JSON', async () => {
    await flowWith(invoke, lambda.url);
    const request = helper.request().post('/awslambda/test').set('content-type', 'Application/JSON; charset=utf-8');
    expect((await request.send({ id: CONNECTION, profile: profile() })).body).toMatchObject({ success: true });
  });

  describe('a secret goes only where the deployed connection sends it', () => {
    let spy: Spy;
    beforeAll(async () => {
      spy = await startSpy();
    });
    beforeEach(() => {
      spy.heard.length = 0;
    });
    afterAll(() => spy.close());

    const proxyKeys = { ...local, sessionToken: 'token-1', proxyUser: 'me', proxyPassword: 'proxy-password-1' };
    const deployed = { proxy: 'http://127.0.0.1:9' };
    /** The form, with a field pointed to the spy. */
    const form = (changes: object) => ({ ...profile(), ...deployed, ...changes });

    test.each([
      ['proxy', () => ({ proxy: spy.url }), ['accessKeyId', 'secretAccessKey', 'sessionToken', 'proxyPassword']],
      ['endpointUrl', () => ({ endpointUrl: spy.url, proxy: '' }), ['accessKeyId', 'secretAccessKey']],
      [
        'stsEndpointUrl',
        () => ({ stsEndpointUrl: spy.url, roleArn: 'arn:aws:iam::123456789012:role/invoke' }),
        ['accessKeyId', 'secretAccessKey'],
      ],
      ['region', () => ({ region: 'eu-west-1' }), ['accessKeyId', 'secretAccessKey']],
      ['proxyCaBundleFile', () => ({ proxyCaBundleFile: '/tmp/own.pem' }), ['proxyPassword']],
    ])('not with another %s', async (field, changes, refused) => {
      await flowWith(invoke, lambda.url, proxyKeys, deployed);
      const credentials = { proxyUser: 'me', proxyPassword: '__PWRD__' };
      for (const question of ['test', 'functions']) {
        const { body } = await ask(question, { id: CONNECTION, profile: form(changes()), credentials });
        expect(body).toMatchObject({ success: false, metadata: { execution: 'not_started' } });
        for (const name of refused)
          expect(errorOf({ body })).toMatch(new RegExp(`${name}\\b[^:]*: runtime\\.storedElsewhere`));
        expect(errorOf({ body })).not.toMatch(/local-secret|token-1|proxy-password-1/);
      }
      expect([field, spy.heard]).toEqual([field, []]);
    });

    const keyChanges = { accessKeyId: 'AKIAOTHER' };
    const roleArn = 'arn:aws:iam::123456789012:role/other';
    test.each([
      ['access key id', {}, keyChanges, 'secretAccessKey, sessionToken'],
      ['role', { roleArn }, {}, 'secretAccessKey, sessionToken'],
      ['external id of the role', { roleExternalId: 'other' }, {}, 'secretAccessKey, sessionToken'],
      ['user of the proxy', {}, { proxyUser: 'other' }, 'proxyPassword'],
    ])('not for another %s', async (_, changes, credentials, refused) => {
      await flowWith(invoke, spy.url, proxyKeys, { proxy: spy.url });
      const { body } = await ask('test', {
        id: CONNECTION,
        profile: { ...profile(), endpointUrl: spy.url, proxy: spy.url, ...changes },
        credentials: { proxyUser: 'me', ...credentials },
      });
      expect(errorOf({ body })).toContain(`${refused}: runtime.storedElsewhere`);
      expect(spy.heard).toEqual([]);
    });

    test('with what is not a destination changed, and typed again for another', async () => {
      await flowWith(invoke, lambda.url, proxyKeys, { proxy: spy.url });
      const other = { ...profile(), proxy: spy.url, timeout: '7', description: 'changed', maxAttempts: '1' };
      await ask('test', { id: CONNECTION, profile: other, credentials: { proxyUser: 'me' } });
      expect(spy.heard.join()).toContain(basic('me:proxy-password-1'));
      spy.heard.length = 0;
      const typed = { ...local, proxyUser: 'you', proxyPassword: 'typed-1', sessionToken: '' };
      const elsewhere = { ...other, proxy: spy.url.replace('127.0.0.1', 'localhost') };
      await ask('test', { id: CONNECTION, profile: elsewhere, credentials: typed });
      expect(spy.heard.join()).toContain(basic('you:typed-1'));
      expect(spy.heard.join()).not.toContain(basic('me:proxy-password-1'));
    });

    test('a password of the proxy is not lost by another region', async () => {
      await flowWith(invoke, lambda.url, { proxyUser: 'me', proxyPassword: 'proxy-password-1' }, { proxy: spy.url });
      const credentials = { ...local, proxyUser: 'me' };
      await ask('test', {
        id: CONNECTION,
        profile: { ...profile(), proxy: spy.url, region: 'eu-west-1' },
        credentials,
      });
      expect(spy.heard.join()).toContain(basic('me:proxy-password-1'));
    });

    test.each([['nobody'], ['node'], [undefined]])('a connection that is not deployed has none: %s', async (id) => {
      await flowWith(invoke, lambda.url, proxyKeys, deployed);
      const { body } = await ask('test', { id, profile: form({ proxy: spy.url, endpointUrl: '' }) });
      expect(body).toMatchObject({ success: false });
      expect(spy.heard.join()).not.toMatch(/proxy-authorization/i);
    });

    const hostKeys = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local-secret' };

    test('not where another connection sends its own', async () => {
      const other = { ...profile(), id: 'other', type: 'connected.awslambda.connection', endpointUrl: spy.url };
      await flowWith(invoke, lambda.url, local, {}, [other]);
      const { body } = await ask('test', { id: CONNECTION, profile: { ...profile(), endpointUrl: spy.url } });
      expect(errorOf({ body })).toContain('secretAccessKey: runtime.storedElsewhere');
      expect(spy.heard).toEqual([]);
    });

    test('the keys of the host sign no call to an endpoint, or for a role, that is not deployed', async () => {
      await flowWith(invoke, lambda.url, {});
      const ownRole = { ...profile(), stsEndpointUrl: '', roleArn };
      expect(errorOf(await ask('test', { id: CONNECTION, profile: ownRole }))).toBe('accessKeyId: runtime.hostKeys');
      const own = await ask('test', { id: CONNECTION, profile: { ...profile(), endpointUrl: spy.url } });
      expect(errorOf(own)).toBe('accessKeyId: runtime.hostKeys');
      const removed = { accessKeyId: '', secretAccessKey: '' };
      const unsaved = await ask('test', { profile: { ...profile(), endpointUrl: spy.url }, credentials: removed });
      expect(errorOf(unsaved)).toBe('accessKeyId: runtime.hostKeys');
      expect(spy.heard).toEqual([]);
      Object.assign(process.env, hostKeys);
      const { body } = await ask('test', { id: CONNECTION, profile: profile() });
      for (const name of Object.keys(hostKeys)) delete process.env[name];
      expect(body).toMatchObject({ success: true });
    });
  });

  describe('environment variables', () => {
    const variables = { TEST_REGION: 'us-east-1', TEST_SECRET: 'local-secret', TEST_OTHER: 'of-this-host' };
    const variable = (name: string) => `\${${name}}`;
    beforeEach(() => {
      Object.assign(process.env, variables);
    });
    afterEach(() => {
      for (const name of Object.keys(variables)) delete process.env[name];
    });
    const keys = { accessKeyId: 'local', secretAccessKey: '$(TEST_SECRET)' };
    const own = { name: 'Plant 7', region: variable('TEST_REGION') };

    test('are read where the deployed connection reads them', async () => {
      await flowWith(invoke, lambda.url, keys, own);
      const asDeployed = { ...profile(), ...own };
      const stored = await ask('test', { id: CONNECTION, profile: asDeployed });
      expect(stored.body).toMatchObject({ success: true });
      const typed = await ask('test', { id: CONNECTION, profile: asDeployed, credentials: keys });
      expect(typed.body).toMatchObject({ success: true });
    });

    test.each([
      ['another variable', { region: variable('TEST_OTHER') }, {}, /region: runtime\.variable/],
      ['the other spelling', { region: '$(TEST_REGION)' }, {}, /region: runtime\.variable/],
      ['another field', { roleExternalId: variable('TEST_OTHER') }, {}, /roleExternalId: runtime\.variable/],
      ['a secret', {}, { secretAccessKey: variable('TEST_OTHER') }, /secretAccessKey: runtime\.variable/],
      ['another endpoint', { endpointUrl: 'http://127.0.0.1:9' }, {}, /region.*: runtime\.storedElsewhere/],
    ])('are not read with %s', async (_, changes, credentials, error) => {
      await flowWith(invoke, lambda.url, keys, own);
      const { body, text } = await ask('test', {
        id: CONNECTION,
        profile: { ...profile(), ...own, ...changes },
        credentials,
      });
      expect(errorOf({ body })).toMatch(error);
      expect(text).not.toContain('of-this-host');
    });
  });
});

interface Spy {
  readonly url: string;
  /** The headers of what came in. */
  readonly heard: string[];
  close(): Promise<void>;
}

/** A server that notes what is sent to it, as an endpoint or as a proxy, and refuses it. */
async function startSpy(): Promise<Spy> {
  const heard: string[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (data) => {
      heard.push(data.toString('latin1'));
      socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard,
    close: () => new Promise((done) => server.close(() => done())),
  };
}

function basic(text: string): string {
  return `Basic ${Buffer.from(text).toString('base64')}`;
}
