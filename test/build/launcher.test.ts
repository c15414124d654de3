import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { cleanEnvironment, root } from '../support/run-program.ts';
import { type ScriptedServer, scriptedServer } from '../support/scripted-server.ts';

let dist: string;
let server: ScriptedServer;

beforeEach(async () => {
  dist = mkdtempSync(join(tmpdir(), 'ue-aws-lambda-dist-'));
  for (const file of readdirSync(`${root}dist`).filter((name) => name.endsWith('.cjs'))) {
    cpSync(`${root}dist/${file}`, join(dist, file));
  }
  server = await scriptedServer({ body: '1' });
});
afterEach(async () => {
  await server.close();
  rmSync(dist, { recursive: true });
});

/** Runs a task with the copy of the bundle. */
async function run(env: NodeJS.ProcessEnv = {}): Promise<number | null> {
  const fields = { function_name: 'hello', region: 'us-east-1', endpoint_url: server.url, credentials_user: 'A' };
  const child = spawn(process.execPath, [join(dist, 'main.cjs'), 'run'], { env: { ...cleanEnvironment(), ...env } });
  child.stdin.end(JSON.stringify({ ...fields, credentials_password: 'B' }));
  child.stdout.resume();
  child.stderr.resume();
  return new Promise((resolve) => child.on('close', resolve));
}

const version = () =>
  spawnSync(process.execPath, [join(dist, 'main.cjs'), '--version'], { encoding: 'utf8' }).stdout.trim();
const cached = () => (existsSync(join(dist, 'cache')) ? readdirSync(join(dist, 'cache')) : []);
const cacheOf = (file: string) => cached().filter((name) => name.startsWith(`${file}-${process.version}-`));

describe("V8's cache", () => {
  test('is made by the first task that goes well, and used after it', async () => {
    expect(await run()).toBe(0);
    const [file, ...more] = cacheOf('program.cjs');
    expect(more).toEqual([]);
    const bytes = readFileSync(join(dist, 'cache', file as string));
    expect(await run()).toBe(0);
    expect(cacheOf('program.cjs')).toEqual([file]);
    expect(readFileSync(join(dist, 'cache', file as string)).equals(bytes)).toBe(true);
  });

  test('is not made by other commands, which compile other code', () => {
    expect(version()).toBe('2.0.0');
    expect(cached()).toEqual([]);
  });

  test('never runs the old code of a file that has changed without changing its length', async () => {
    await run();
    const file = join(dist, 'program.cjs');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('2.0.0', '9.8.7'));
    expect(version()).toBe('9.8.7');
    expect(await run()).toBe(0);
    expect(cacheOf('program.cjs')).toHaveLength(2);
  });

  test.each([
    ['torn', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
    ['of other bytes', (bytes: Buffer) => Buffer.alloc(bytes.length, 7)],
    ['empty', () => Buffer.alloc(0)],
  ])('that is %s is left aside and made anew', async (_name, spoil) => {
    await run();
    const path = join(dist, 'cache', cacheOf('program.cjs')[0] as string);
    const good = readFileSync(path);
    writeFileSync(path, spoil(good));
    expect(await run()).toBe(0);
    expect(readFileSync(path).length).toBeGreaterThan(good.length / 2);
  });

  test('is left aside when V8 runs with other flags', async () => {
    await run();
    expect(await run({ NODE_OPTIONS: '--max-old-space-size=512' })).toBe(0);
  });

  test('is done without where its folder cannot be', async () => {
    writeFileSync(join(dist, 'cache'), 'a file in its place');
    expect(await run()).toBe(0);
    expect(version()).toBe('2.0.0');
  });
});

describe('the bundle', () => {
  const program = readFileSync(`${root}dist/program.cjs`, 'utf8');

  test('has no import(), which the cache cannot serve, and no module in a wrapper', () => {
    expect(program).not.toMatch(/\bimport\(/);
    expect(program).not.toContain('__esm');
  });

  test('is slim', () => {
    expect(program.length).toBeLessThan(300_000);
    expect(program).not.toContain('class EFSIOException');
  });

  test('ships the licences of what is in it', () => {
    const notices = readFileSync(`${root}dist/THIRD-PARTY-NOTICES.txt`, 'utf8');
    for (const name of ['@aws-sdk/client-lambda', '@smithy/core', 'https-proxy-agent']) expect(notices).toContain(name);
  });
});
