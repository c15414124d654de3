import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { chromium } from 'playwright-core';
import type { Database } from '../../../../extension/hosts/fleet/database/database.ts';
import { openDatabase } from '../../../../extension/hosts/fleet/database/open.ts';
import { ensureQueue } from '../../../../extension/hosts/fleet/database/queue.ts';
import { embeddedFolder, embeddedUrl } from '../../../support/embedded.ts';
import { postgresPrograms, startPostgres, withoutPostgres } from '../../../support/postgres.ts';
import { serverPid } from '../../../support/processes.ts';
import { recorder } from '../../../support/recorder.ts';
import { cleanEnvironment, program, root, runProgram } from '../../../support/run-program.ts';
import { until } from '../../../support/until.ts';

const kinds = postgresPrograms === null ? (['embedded'] as const) : (['embedded', 'PostgreSQL'] as const);
if (postgresPrograms === null) test.skip(withoutPostgres, () => {});

const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

describe.each(kinds)('the dashboard of the %s database', (kind) => {
  let place: { url: string; remove: () => Promise<void> };
  let database: Database;
  let served: Awaited<ReturnType<typeof serve>>;
  let id: string | null;

  beforeAll(async () => {
    place = kind === 'embedded' ? await embeddedPlace() : await postgresPlace();
    database = await openDatabase({ url: place.url }, {}, recorder());
    await ensureQueue(database, 'lambda');
    id = await database.boss.send('lambda', { form: 1, fields: '{"function_name":"hello"}' });
    served = await serve(place.url);
  }, 300_000);
  afterAll(async () => {
    expect(await served?.stop()).toBe(0);
    await database?.close();
    await place?.remove();
  }, 120_000);

  const get = (path: string, headers = {}) =>
    fetch(`${served.address}${path}`, { headers: { authorization: basic('admin', served.password), ...headers } });

  test.each(['', 'queues', 'queues/lambda', 'jobs', 'schedules', 'warnings'])('page /%s', async (path) => {
    expect((await get(path)).status).toBe(200);
  });

  test('page of a job, with its data', async () => {
    const answer = await get(`queues/lambda/jobs/${id}`);
    expect([answer.status, (await answer.text()).includes('function_name')]).toEqual([200, true]);
  });

  test.each([
    ['nobody', ''],
    ['a wrong password', basic('admin', 'nonsense')],
    ['another user', 'PASSWORD'],
  ])('asks %s for the password', async (_, authorization) => {
    const given = authorization === 'PASSWORD' ? basic('root', served.password) : authorization;
    const answer = await get('', { authorization: given });
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
      401,
      'Basic realm="fleet", charset="UTF-8"',
    ]);
  });

  test('changes nothing', async () => {
    const headers = { authorization: basic('admin', served.password) };
    const body = new URLSearchParams({ intent: 'cancel' });
    const answer = await fetch(`${served.address}queues/lambda/jobs/${id}`, { method: 'POST', headers, body });
    expect(answer.status).toBe(403);
    const [job] = await database.boss.findJobs('lambda', { id: id as string });
    expect(job).toMatchObject({ state: 'created' });
  });

  test('answers no page of another name', async () => {
    const headers = { host: 'evil.example', authorization: basic('admin', served.password) };
    const status = await new Promise((resolve, reject) => {
      request(served.address, { headers }, (answer) => resolve(answer.resume().statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(421);
  });

  test('is shown by a browser, which asks nobody else', async () => {
    const executablePath = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find(existsSync);
    if (executablePath === undefined) return console.log('no browser is installed: the pages are not looked at in one');
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    try {
      const page = await browser.newPage({ httpCredentials: { username: 'admin', password: served.password } });
      const answers: string[] = [];
      page.on('response', (response) => answers.push(`${response.status()} ${response.url()}`));
      await page.goto(`${served.address}queues/lambda/jobs/${id}`);
      await page.getByText('Job detail').waitFor();
      expect(await page.getByText(id as string).count()).toBeGreaterThan(0);
      expect(await page.getByRole('button', { name: /retry|cancel|delete/i }).count()).toBe(0);
      expect(answers.filter((line) => !line.startsWith(`200 ${served.address}`) && !line.startsWith('401'))).toEqual(
        [],
      );
    } finally {
      await browser.close();
    }
  });
});

test('a password of the environment is used and not printed', async () => {
  const folder = await embeddedFolder();
  const served = await serve(embeddedUrl(folder), { UE_AWS_LAMBDA_DASHBOARD_PASSWORD: 's3cret' });
  const answer = await fetch(served.address, { headers: { authorization: basic('admin', 's3cret') } });
  expect([answer.status, served.printed.includes('s3cret')]).toEqual([200, false]);
  await served.stop();
  await until(() => serverPid(folder) === null);
  rmSync(folder, { recursive: true });
});

test('a port that is taken is said', async () => {
  const folder = await embeddedFolder();
  const served = await serve(embeddedUrl(folder));
  const run = await runProgram([
    'dashboard',
    '--database',
    embeddedUrl(folder),
    '--port',
    new URL(served.address).port,
  ]);
  expect([run.code, run.stderr]).toEqual([20, expect.stringContaining('EADDRINUSE')]);
  await served.stop();
  await until(() => serverPid(folder) === null);
  rmSync(folder, { recursive: true });
});

async function serve(url: string, env: NodeJS.ProcessEnv = {}) {
  const [command, ...first] = program();
  const child = spawn(command, [...first, 'dashboard', '--database', url, '--port', '0'], {
    env: { ...cleanEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  let printed = '';
  let log = '';
  child.stdout.on('data', (text) => {
    printed += text;
  });
  child.stderr.on('data', (text) => {
    log += text;
  });
  await until(() => {
    if (child.exitCode !== null) throw new Error(log);
    return printed.includes('\n');
  });
  const [, address = '', password = ''] = /^(\S+) {2}user admin, password (.*)|^/.exec(printed) ?? [];
  const stop = () => {
    child.kill('SIGTERM');
    return ended;
  };
  return { address: address || (printed.split(' ')[0] as string), password, printed, stop };
}

async function embeddedPlace() {
  const folder = await embeddedFolder();
  return {
    url: embeddedUrl(folder),
    remove: async () => {
      await until(() => serverPid(folder) === null);
      rmSync(folder, { recursive: true });
    },
  };
}

async function postgresPlace() {
  const server = await startPostgres();
  return { url: server.url, remove: () => server.remove() };
}

test('without the package, the command that installs it is said', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'alone-'));
  cpSync(`${root}dist`, join(folder, 'dist'), {
    recursive: true,
    filter: (path) => !/\.(wasm|data)$|node-red/.test(path),
  });
  const child = spawn(process.execPath, [join(folder, 'dist/main.cjs'), 'dashboard'], {
    cwd: folder,
    env: cleanEnvironment(),
  });
  let said = '';
  child.stderr.on('data', (text) => {
    said += text;
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect([code, said]).toEqual([20, expect.stringContaining('npm install --global @pg-boss/dashboard@1.9.0')]);
  rmSync(folder, { recursive: true });
});
