import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { closedAfterEach } from '../../support/closed-after-each.ts';
import { baseFields } from '../../support/network/cells.ts';
import { startFaultProxy } from '../../support/network/fault-proxy.ts';
import { closedPort, silentPort } from '../../support/network/listener.ts';
import { type Fields, runProcess } from '../../support/network/run.ts';
import { type ReceivedRequest, startTarget, type Target } from '../../support/network/target.ts';

const keep = closedAfterEach();

const noMetadata = { AWS_EC2_METADATA_DISABLED: 'true' };

/** A task without credentials of its own. */
function keyless(target: Target, more: Fields = {}): Fields {
  const { credentials, ...fields } = baseFields(`http://127.0.0.1:${target.port}`);
  return { ...fields, ...more };
}

/** Who signed the request that came last. */
function signerOf({ requests }: Target): string | undefined {
  return /Credential=([^/]+)\//.exec(requests.at(-1)?.head ?? '')?.[1];
}

/** A home with the files of the AWS tools in it. */
function home(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'home-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

function ok(body: string, type = 'application/json'): string {
  return `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

const inAnHour = new Date(Date.now() + 3_600_000).toISOString();

/** What a role's credentials look like to the container endpoint and to instance metadata. */
function keysOf(accessKeyId: string): string {
  const Expiration = inAnHour;
  return JSON.stringify({
    Code: 'Success',
    AccessKeyId: accessKeyId,
    SecretAccessKey: 'secret',
    Token: 'token',
    Expiration,
  });
}

/** Answers AssumeRole and AssumeRoleWithWebIdentity. */
function startSts(): Promise<Target> {
  return startTarget({
    answer({ body }) {
      const action = /Action=(\w+)/.exec(body)?.[1];
      const keys = `<AccessKeyId>ASIAFROMSTS</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>
        <SessionToken>token</SessionToken><Expiration>${inAnHour}</Expiration>`;
      return ok(
        `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result><Credentials>${keys}</Credentials>
        </${action}Result></${action}Response>`,
        'text/xml',
      );
    },
  });
}

const roleProfile = () =>
  home({
    '.aws/config': `[profile work]\nrole_arn = arn:aws:iam::123456789012:role/some-role\nsource_profile = base\nregion = eu-west-3\n`,
    '.aws/credentials': '[base]\naws_access_key_id = AKIABASE\naws_secret_access_key = base-secret\n',
  });

describe('credentials are found', () => {
  test('in the environment', async () => {
    const target = keep(await startTarget());
    const env = { AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: 'env-secret' };
    const { output } = await runProcess(keyless(target), { env });
    expect(output.status_description).toMatch(/^SUCCESS/);
    expect(signerOf(target)).toBe('AKIAENV');
  });

  test('in a profile with role_arn and source_profile', async () => {
    const target = keep(await startTarget());
    const sts = keep(await startSts());
    const env = { HOME: roleProfile(), AWS_PROFILE: 'work', AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${sts.port}` };
    const { output } = await runProcess(keyless(target), { env });
    expect(output.status_description).toMatch(/^SUCCESS/);
    expect([signerOf(sts), signerOf(target)]).toEqual(['AKIABASE', 'ASIAFROMSTS']);
  });

  test('in the same profile through the proxy, which STS is not reached around', async () => {
    const target = keep(await startTarget());
    const sts = keep(await startSts());
    const proxy = keep(await startFaultProxy());
    const env = { HOME: roleProfile(), AWS_PROFILE: 'work', AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${sts.port}` };
    const proxied = { use_proxy: true, proxy: `http://127.0.0.1:${proxy.port}` };
    const { output } = await runProcess(keyless(target, proxied), { env });
    expect(output.status_description).toMatch(/^SUCCESS/);
    expect(proxy.tunnels).toEqual([`127.0.0.1:${sts.port}`, `127.0.0.1:${target.port}`]);
    expect([sts.connections(), target.connections()]).toEqual([1, 1]);
  });

  test('by a web identity', async () => {
    const target = keep(await startTarget());
    const sts = keep(await startSts());
    const folder = home({ token: 'a.web.token' });
    const env = {
      AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/some-role',
      AWS_WEB_IDENTITY_TOKEN_FILE: join(folder, 'token'),
      AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${sts.port}`,
    };
    const { output } = await runProcess(keyless(target), { env });
    expect(output.status_description).toMatch(/^SUCCESS/);
    expect(sts.requests[0]?.body).toContain('WebIdentityToken=a.web.token');
    expect(signerOf(target)).toBe('ASIAFROMSTS');
  });

  test('at the endpoint of a container (ECS, EKS)', async () => {
    const target = keep(await startTarget());
    const endpoint = keep(await startTarget({ answer: () => ok(keysOf('ASIACONTAINER')) }));
    const folder = home({ token: 'container-token' });
    const env = {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${endpoint.port}/v1/credentials`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: join(folder, 'token'),
    };
    const { output } = await runProcess(keyless(target), { env });
    expect(output.status_description).toMatch(/^SUCCESS/);
    expect(endpoint.requests[0]?.head).toMatch(/authorization: container-token/i);
    expect(signerOf(target)).toBe('ASIACONTAINER');
  });

  test('in the metadata of an EC2 instance (IMDSv2)', async () => {
    const target = keep(await startTarget());
    const paths: string[] = [];
    const metadata = keep(
      await startTarget({
        answer({ head }: ReceivedRequest) {
          const [path = ''] = head.split(' HTTP/');
          paths.push(path);
          if (path === 'PUT /latest/api/token') return ok('metadata-token', 'text/plain');
          if (!/x-aws-ec2-metadata-token: metadata-token/i.test(head))
            return 'HTTP/1.1 401 No\r\ncontent-length: 0\r\n\r\n';
          return path.endsWith('/security-credentials/') ? ok('some-role', 'text/plain') : ok(keysOf('ASIAINSTANCE'));
        },
      }),
    );
    const env = { AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://127.0.0.1:${metadata.port}` };
    const { output } = await runProcess(keyless(target), { env });
    expect({ output, paths }).toMatchObject({ output: { exit_code: 0 } });
    expect(signerOf(target)).toBe('ASIAINSTANCE');
  });

  test('by a credential_process', async () => {
    const target = keep(await startTarget());
    const keys = { Version: 1, AccessKeyId: 'AKIAPROCESS', SecretAccessKey: 'secret' };
    const HOME = home({ 'keys.json': JSON.stringify(keys) });
    mkdirSync(join(HOME, '.aws'));
    writeFileSync(join(HOME, '.aws/config'), `[default]\ncredential_process = cat ${HOME}/keys.json\n`);
    const { output } = await runProcess(keyless(target), { env: { HOME } });
    expect(output.status_description).toMatch(/^SUCCESS/);
    expect(signerOf(target)).toBe('AKIAPROCESS');
  });

  test('and on top of them the role of the task is assumed', async () => {
    const target = keep(await startTarget());
    const sts = keep(await startSts());
    const env = { AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: 'env-secret' };
    const { output } = await runProcess(
      keyless(target, {
        ...{ role_based_access: true, role_arn: 'arn:aws:iam::123456789012:role/some-role' },
        sts_endpoint_url: `http://127.0.0.1:${sts.port}`,
      }),
      { env },
    );
    expect(output.status_description).toMatch(/^SUCCESS/);
    expect([signerOf(sts), signerOf(target)]).toEqual(['AKIAENV', 'ASIAFROMSTS']);
  });
});

describe('nothing is found', () => {
  const places = /AWS_ACCESS_KEY_ID.*profile default.*SSO.*web identity.*container.*EC2/;

  test('without metadata: exit 2 at once, with the places that were tried', async () => {
    const target = keep(await startTarget());
    const { output, took } = await runProcess(keyless(target), { env: noMetadata });
    expect(output).toMatchObject({ exit_code: 2, result: { execution: 'not_started' } });
    expect(output.result.error?.[0]?.message).toMatch(places);
    expect(took).toBeLessThan(20_000);
    expect(target.connections()).toBe(0);
  });

  test('with metadata out of reach: exit 2 within seconds, and the process ends', async () => {
    const target = keep(await startTarget());
    const silent = keep(await silentPort());
    const env = { AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://127.0.0.1:${silent.port}` };
    const { output, took } = await runProcess(keyless(target), { env });
    expect(output).toMatchObject({ exit_code: 2, result: { execution: 'not_started' } });
    expect(output.result.error?.[0]?.message).toMatch(places);
    expect(took).toBeLessThan(20_000);
  });

  test('but a profile that is not there: exit 2, and its name is told', async () => {
    const target = keep(await startTarget());
    const { output } = await runProcess(keyless(target), { env: { AWS_PROFILE: 'nobody', ...noMetadata } });
    expect(output).toMatchObject({ exit_code: 2, result: { execution: 'not_started' } });
    expect(output.result.error?.[0]?.message).toContain('nobody');
  });

  test('but an SSO token that has expired: exit 2, and what to do', async () => {
    const target = keep(await startTarget());
    const HOME = home({
      '.aws/config': `[default]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = dev
[sso-session corp]\nsso_start_url = https://corp.awsapps.example/start\nsso_region = eu-central-1\n`,
    });
    const name = execFileSync('sha1sum', { input: 'corp' }).toString().split(' ')[0];
    mkdirSync(join(HOME, '.aws/sso/cache'), { recursive: true });
    const expiresAt = new Date(Date.now() - 3_600_000).toISOString();
    writeFileSync(
      join(HOME, '.aws/sso/cache', `${name}.json`),
      JSON.stringify({ accessToken: 'sso-token', expiresAt }),
    );
    const { output, stdout, stderr } = await runProcess(keyless(target), { env: { HOME, ...noMetadata } });
    expect(output).toMatchObject({ exit_code: 2, result: { execution: 'not_started' } });
    expect(output.result.error?.[0]?.message).toMatch(/aws sso login/);
    expect(stdout + stderr).not.toContain('sso-token');
  });
});

describe('a place that is set up and fails is the answer, by its name', () => {
  test('a credential_process that fails', async () => {
    const target = keep(await startTarget());
    const HOME = home({ '.aws/config': '[default]\ncredential_process = sh -c "echo vault is sealed >&2; exit 3"\n' });
    const { output } = await runProcess(keyless(target), { env: { HOME, ...noMetadata } });
    expect(output).toMatchObject({ exit_code: 2, result: { execution: 'not_started' } });
    expect(output.result.error?.[0]?.message).toMatch(/credential_process of profile default/);
  });

  test('a container endpoint that refuses', async () => {
    const target = keep(await startTarget());
    const refusal = 'HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\n{}';
    const endpoint = keep(await startTarget({ answer: () => refusal }));
    const env = { AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${endpoint.port}/keys`, ...noMetadata };
    const { output } = await runProcess(keyless(target), { env });
    expect(output).toMatchObject({ exit_code: 2, result: { execution: 'not_started' } });
    expect(output.result.error?.[0]?.message).toMatch(/container endpoint.*403/s);
  });

  test('a profile without keys', async () => {
    const target = keep(await startTarget());
    const HOME = home({ '.aws/config': '[profile bare]\nregion = eu-west-1\n' });
    const { output } = await runProcess(keyless(target), { env: { HOME, AWS_PROFILE: 'bare', ...noMetadata } });
    expect(output).toMatchObject({ exit_code: 2, result: { execution: 'not_started' } });
    expect(output.result.error?.[0]?.message).toMatch(/profile bare has no credentials/);
  });
});

test('a web identity token that STS quotes is shown nowhere', async () => {
  const target = keep(await startTarget());
  const xml = `<ErrorResponse><Error><Type>Sender</Type><Code>InvalidIdentityToken</Code><Message>bad: a.web.token</Message>
    </Error></ErrorResponse>`;
  const answer = `HTTP/1.1 400 No\r\nx-amzn-requestid: r-1\r\ncontent-length: ${xml.length}\r\n\r\n${xml}`;
  const sts = keep(await startTarget({ answer: () => answer }));
  const folder = home({ token: 'a.web.token' });
  const env = {
    ...{ AWS_WEB_IDENTITY_TOKEN_FILE: join(folder, 'token'), AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/web' },
    AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${sts.port}`,
  };
  const { output, stdout, stderr } = await runProcess(keyless(target), { env, args: ['--log-level', 'debug'] });
  expect(output.result.execution).toBe('not_started');
  expect(stdout + stderr).not.toContain('a.web.token');
  expect(stdout).toContain('bad: ****');
});

describe('credentials by reference', () => {
  const given = (target: Target, from: string) => ({ ...keyless(target), credentials: { from } });

  test.each([
    ['as variables', { ACCESS_KEY_ID: 'AKIAFILE', SECRET_ACCESS_KEY: 'file-secret', SESSION_TOKEN: 'file-token' }],
    ['as a credential_process gives them', { Version: 1, AccessKeyId: 'AKIAFILE', SecretAccessKey: 'file-secret' }],
  ])('in a file, %s', async (_, keys) => {
    const target = keep(await startTarget());
    const file = join(home({ 'keys.json': JSON.stringify(keys) }), 'keys.json');
    const { output, stdout, stderr } = await runProcess(given(target, `file:${file}`));
    expect(output).toMatchObject({ exit_code: 0 });
    expect(target.requests[0]?.head).toContain('Credential=AKIAFILE/');
    expect(stdout + stderr).not.toContain('file-secret');
  });

  test('in a profile', async () => {
    const target = keep(await startTarget());
    const HOME = home({
      '.aws/credentials': '[job]\naws_access_key_id = AKIAJOB\naws_secret_access_key = job-secret\n',
    });
    const { output } = await runProcess(given(target, 'profile:job'), {
      env: { HOME, AWS_ACCESS_KEY_ID: 'AKIAOTHER', AWS_SECRET_ACCESS_KEY: 'x' },
    });
    expect(output).toMatchObject({ exit_code: 0 });
    expect(target.requests[0]?.head).toContain('Credential=AKIAJOB/');
  });

  test.each([
    ['file:/nowhere/keys.json', 20, /cannot be read \(ENOENT\)/],
    ['profile:nobody', 2, /profile nobody is not in the shared AWS files/],
  ])('%s that is not there', async (from, exit, message) => {
    const target = keep(await startTarget());
    const { output } = await runProcess(given(target, from), { env: noMetadata });
    expect(output).toMatchObject({ exit_code: exit, result: { execution: 'not_started' } });
    expect(output.result.error?.[0]?.message).toMatch(message);
    expect(target.connections()).toBe(0);
  });

  test.each(['not JSON', '{"ACCESS_KEY_ID":"a"}', '[]', 'null'])('a file that holds %s', async (text) => {
    const target = keep(await startTarget());
    const file = join(home({ 'keys.json': text }), 'keys.json');
    const { output } = await runProcess(given(target, `file:${file}`));
    expect(output).toMatchObject({ exit_code: 20, result: { error: [{ field: 'credentials' }] } });
    expect(target.connections()).toBe(0);
  });
});

describe('what the chain asks fails', () => {
  test('a role of a profile, refused by STS: exit 3 with its reason', async () => {
    const target = keep(await startTarget());
    const xml = `<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not you</Message></Error>
      <RequestId>r-1</RequestId></ErrorResponse>`;
    const answer = `HTTP/1.1 403 No\r\nx-amzn-requestid: r-1\r\ncontent-type: text/xml\r\ncontent-length: ${xml.length}\r\n\r\n${xml}`;
    const sts = keep(await startTarget({ answer: () => answer }));
    const env = { HOME: roleProfile(), AWS_PROFILE: 'work', AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${sts.port}` };
    const { output } = await runProcess(keyless(target), { env });
    expect(output).toMatchObject({ exit_code: 3, result: { execution: 'not_started' } });
    expect(output.result.error?.[0]).toMatchObject({ name: 'AccessDenied', message: 'not you' });
  });

  test('STS is down: exit 10, by its host', async () => {
    const target = keep(await startTarget());
    const env = { HOME: roleProfile(), AWS_PROFILE: 'work', AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${closedPort}` };
    const { output } = await runProcess(keyless(target), { env });
    expect(output).toMatchObject({ exit_code: 10, result: { execution: 'not_started' } });
    expect(output.status_description).toContain(`127.0.0.1:${closedPort}`);
  });

  test('the proxy does not let STS through: exit 11', async () => {
    const target = keep(await startTarget());
    const sts = keep(await startSts());
    const proxy = keep(await startFaultProxy({ stage: 'CONNECT', fault: 'refused' }));
    const env = { HOME: roleProfile(), AWS_PROFILE: 'work', AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${sts.port}` };
    const proxied = { use_proxy: true, proxy: `http://127.0.0.1:${proxy.port}` };
    const { output } = await runProcess(keyless(target, proxied), { env });
    expect(output).toMatchObject({ exit_code: 11, result: { execution: 'not_started' } });
    expect(sts.connections()).toBe(0);
  });

  test('STS hangs: exit 10 within connect_timeout for each attempt, and the process ends', async () => {
    const target = keep(await startTarget());
    const sts = keep(await startTarget({ stage: 'response headers', fault: 'hangs' }));
    const env = { HOME: roleProfile(), AWS_PROFILE: 'work', AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${sts.port}` };
    const { output, took } = await runProcess(keyless(target, { connect_timeout: 1 }), { env });
    expect(output).toMatchObject({ exit_code: 10, result: { execution: 'not_started' } });
    expect(took).toBeLessThan(18_000);
  });

  test('a credential_process that hangs does not hold the task', async () => {
    const target = keep(await startTarget());
    const HOME = home({ '.aws/config': '[default]\ncredential_process = sleep 20\n' });
    const fields = keyless(target, { connect_timeout: 1, max_attempts: 1 });
    const { output, took } = await runProcess(fields, { env: { HOME, ...noMetadata } });
    expect(output.result.execution).toBe('not_started');
    expect([2, 10]).toContain(output.exit_code);
    expect(took).toBeLessThan(18_000);
  });
});

describe('a task with its own keys and region', () => {
  const hasStrace = canRun('strace', '-V');
  const testIf = hasStrace ? test : test.skip;

  testIf(`opens no file of the AWS tools and reaches nothing else${hasStrace ? '' : ': needs strace'}`, async () => {
    const target = keep(await startTarget());
    const HOME = home({ '.aws/config': '[default]\nregion = xx\n', '.aws/credentials': '[default]\n' });
    const trace = join(HOME, 'trace');
    const wrapper = ['strace', '-f', '-o', trace, '-e', 'trace=openat,connect,sendto'];
    const fields = { ...keyless(target), credentials: { user: 'AKIAOWN', password: 'own-secret' } };
    const { output } = await runProcess(fields, { env: { HOME }, wrapper });
    expect(output.exit_code).toBe(0);
    const lines = readFileSync(trace, 'utf8').split('\n');
    expect(lines.filter((line) => line.includes('.aws'))).toEqual([]);
    const reached = lines.flatMap((line) => /connect\(.*(?:sin6?_port=htons\((\d+)\)|sun_path)/.exec(line)?.[1] ?? []);
    expect(reached).toEqual([String(target.port)]);
  });
});

function canRun(command: string, ...words: string[]): boolean {
  try {
    execFileSync(command, words, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
