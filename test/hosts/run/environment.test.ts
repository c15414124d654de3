import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { baseFields, makeTrust, type Trust } from '../../support/network/cells.ts';
import { startFaultProxy } from '../../support/network/fault-proxy.ts';
import { eachOf, runProcess } from '../../support/network/run.ts';
import { startTarget, type Target } from '../../support/network/target.ts';

let trust: Trust;
let target: Target;
let stranger: Target;
beforeAll(async () => {
  trust = await makeTrust();
  target = await startTarget();
  stranger = await startTarget({ identity: trust.wrong });
});
afterAll(() => Promise.all([target.close(), stranger.close()]));

const url = (to: Target, protocol = 'http') => `${protocol}://127.0.0.1:${to.port}`;

// Other runtimes have variables of their own.
(process.env.PROGRAM ? describe.skip : describe)('NODE_TLS_REJECT_UNAUTHORIZED=0 trusts nobody', () => {
  const env = { NODE_TLS_REJECT_UNAUTHORIZED: '0' };

  test('as the target', async () => {
    const { output } = await runProcess(baseFields(url(stranger, 'https')), { env });
    expect(output).toMatchObject({ exit_code: 10, result: { execution: 'not_started' } });
  });

  test('as the target through a proxy', async () => {
    const proxy = await startFaultProxy();
    const through = { use_proxy: true, proxy: `http://127.0.0.1:${proxy.port}` };
    const { output } = await runProcess({ ...baseFields(url(stranger, 'https')), ...through }, { env });
    await proxy.close();
    expect(output).toMatchObject({ exit_code: 10, result: { execution: 'not_started' } });
  });

  test('as the proxy', async () => {
    const proxy = await startFaultProxy({ identity: trust.wrong });
    const through = { use_proxy: true, proxy_type: 'HTTPS', proxy: `https://127.0.0.1:${proxy.port}` };
    const { output } = await runProcess({ ...baseFields(url(target)), ...through }, { env });
    await proxy.close();
    expect(output).toMatchObject({ exit_code: 11, result: { execution: 'not_started' } });
    expect(proxy.heads).toEqual([]);
  });

  afterAll(() => expect(stranger.received()).toBe(0));
});

describe('the task ends as ever', () => {
  const nowhere = join(mkdtempSync(join(tmpdir(), 'home-')), 'missing');
  const file = join(mkdtempSync(join(tmpdir(), 'home-')), 'file');
  writeFileSync(file, '');

  test.each<[string, Record<string, string>]>([
    ['without a home', { HOME: '' }],
    ['with a home that is not there', { HOME: nowhere }],
    ['with a home that is a file', { HOME: file }],
    ['with a home that is read-only', { HOME: '/proc' }],
    ['with NODE_DEBUG', { NODE_DEBUG: 'http,net,tls,fs' }],
    ['with NODE_OPTIONS', { NODE_OPTIONS: '--trace-warnings --max-http-header-size=8192 --enable-source-maps' }],
    ['with a temporary folder that is not there', { TMPDIR: nowhere }],
  ])('%s', async (_, env) => {
    const before = target.executed();
    const { output, stderr } = await runProcess(baseFields(url(target)), { env });
    expect({ output, stderr }).toMatchObject({ output: { exit_code: 0, result: { execution: 'completed' } } });
    expect(target.executed()).toBe(before + 1);
    expect(stderr).not.toContain('Authorization');
  });

  test('in a working directory that others have filled', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hostile-'));
    const evil = 'process.stdout.write("evil"); process.exit(99)';
    for (const name of ['index.js', 'main.cjs', 'preload.js', 'node.config.json', 'http.js']) {
      writeFileSync(join(folder, name), evil);
    }
    writeFileSync(
      join(folder, '.env'),
      'AWS_ENDPOINT_URL_LAMBDA=http://127.0.0.1:1\nNODE_OPTIONS=--require=./preload.js\n',
    );
    writeFileSync(join(folder, 'package.json'), '{"type":"module","main":"index.js"}');
    const wrapper = ['sh', '-c', `cd '${folder}' && exec "$@"`, '-'];
    const { output, stdout } = await runProcess(baseFields(url(target)), { wrapper });
    expect(output).toMatchObject({ exit_code: 0, result: { execution: 'completed' } });
    expect(stdout.startsWith('{')).toBe(true);
  });

  test('20 at once, with a cache folder that is empty', async () => {
    const before = target.executed();
    const HOME = mkdtempSync(join(tmpdir(), 'cold-'));
    const env = { HOME, XDG_CACHE_HOME: join(HOME, 'cache') };
    const ended = await eachOf(Array.from({ length: 20 }), 20, () => runProcess(baseFields(url(target)), { env }));
    expect(ended.map(({ exitCode }) => exitCode)).toEqual(Array(20).fill(0));
    expect(target.executed()).toBe(before + 20);
  });
});

const hasFaketime = spawnSync('faketime', ['--version']).status === 0;
describe(`a clock that is hours off${hasFaketime ? '' : ': skipped, since faketime is not installed'}`, () => {
  // The loaded library must not meet the executable's own runtime.
  const testIf = hasFaketime && !process.env.PROGRAM ? test : test.skip;

  testIf.each(['+7h', '-30h', '+10y'])('%s: the task ends as ever, with one run', async (offset) => {
    const before = target.executed();
    const { output } = await runProcess(baseFields(url(target)), { wrapper: ['faketime', '-f', offset] });
    expect(output).toMatchObject({ exit_code: 0, result: { execution: 'completed' } });
    expect(target.executed()).toBe(before + 1);
  });

  testIf.each(['+7h', '-30h'])('%s: the deadline is not that of the clock', async (offset) => {
    const silent = await startTarget({ stage: 'response headers', fault: 'hangs' });
    const fields = baseFields(url(silent), { connect: 30, wait: 1 });
    const { output, took } = await runProcess(fields, { wrapper: ['faketime', '-f', offset] });
    await silent.close();
    expect(output).toMatchObject({ exit_code: 21, result: { execution: 'unknown' } });
    expect(took).toBeGreaterThanOrEqual(1000);
  });
});
