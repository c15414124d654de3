import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { version as current } from '../../extension/version.ts';
import { root } from '../support/run-program.ts';
import { type ScriptedServer, scriptedServer } from '../support/scripted-server.ts';
import { damages } from './support/damages.ts';
import { isWhole, Launched, type RunOptions, sealed } from './support/launched.ts';

let server: ScriptedServer;
const made: Launched[] = [];

beforeEach(async () => {
  server = await scriptedServer({ body: '1' });
});
afterEach(async () => {
  await server.close();
  for (const launched of made.splice(0)) launched.remove();
});

function kept(launched: Launched): Launched {
  made.push(launched);
  return launched;
}

/** The real bundle, and a task for it. */
const bundle = () => kept(Launched.bundle());
const task = (options: RunOptions = {}): RunOptions => ({
  input: JSON.stringify({
    function_name: 'hello',
    region: 'us-east-1',
    endpoint_url: server.url,
    credentials: { user: 'A', password: 'B' },
  }),
  ...options,
});
const version = async (launched: Launched) => (await launched.run({ words: ['--version'] })).stdout.trim();

/** A small program that asks the server; what it prints shows whose code ran. */
const standIn = (word = 'right') => kept(Launched.program(sourceOf(word)));
const asking = (options: RunOptions = {}): RunOptions => ({ ...options, env: { SERVER: server.url, ...options.env } });
const right = { code: 0, stdout: 'right 1 2870', stderr: '' };

const sourceOf = (word: string) => `
  const { get } = require('node:http');
  const work = [${Array.from({ length: 20 }, (_, i) => `(n) => { let sum = ${i}; for (const x of [n, ${i}]) sum += x * ${i}; return sum; }`)}];
  get(process.env.SERVER, (response) => {
    let body = '';
    response.on('data', (chunk) => { body += chunk; });
    response.on('end', () => process.stdout.write(['${word}', body, work.reduce((sum, one) => sum + one(1), 0) + 20].join(' ')));
  });
`;

describe("V8's cache", () => {
  test('is made by the first task that goes well, and used after it', async () => {
    const launched = bundle();
    expect(await launched.run(task())).toMatchObject({ code: 0 });
    const path = launched.cacheOf();
    const bytes = readFileSync(path);
    expect(isWhole(path)).toBe(true);
    expect(await launched.run(task())).toMatchObject({ code: 0 });
    expect(launched.cached().filter((name) => name.startsWith('program.cjs-'))).toHaveLength(1);
    expect(readFileSync(path).equals(bytes)).toBe(true);
  });

  test('is not made by other commands, which compile other code', async () => {
    const launched = bundle();
    expect(await version(launched)).toBe(current);
    expect(launched.cached()).toEqual([]);
  });

  test('is not made by a task that fails', async () => {
    const launched = bundle();
    expect(await launched.run({ input: '{}' })).toMatchObject({ code: 20 });
    expect(launched.cached()).toEqual([]);
  });

  test('never runs the old code of a file that has changed without changing its length', async () => {
    const launched = bundle();
    await launched.run(task());
    const file = join(launched.folder, 'program.cjs');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(current, '9.8.7'));
    expect(await version(launched)).toBe('9.8.7');
    expect(await launched.run(task())).toMatchObject({ code: 0 });
    expect(launched.cached().filter((name) => name.startsWith('program.cjs-'))).toHaveLength(2);
  });

  test('is left aside when V8 runs with other flags', async () => {
    const launched = bundle();
    await launched.run(task());
    expect(await launched.run(task({ env: { NODE_OPTIONS: '--max-old-space-size=512' } }))).toMatchObject({ code: 0 });
  });

  test('is made once by many tasks that start at once', async () => {
    const launched = standIn();
    const runs = await Promise.all(Array.from({ length: 20 }, () => launched.run(asking())));
    expect(runs).toEqual(runs.map(() => right));
    expect(launched.cached()).toHaveLength(1);
    expect(isWhole(launched.cacheOf())).toBe(true);
  });
});

describe("a damaged file in place of V8's cache is not used, and a whole one takes its place", () => {
  /** Spoils a good cache in each way; names the ways after which the run or the cache was not as it should be. */
  async function failures(launched: Launched, ways: ReturnType<typeof damages>, options: RunOptions, stdout?: string) {
    await launched.run(options);
    const path = launched.cacheOf();
    const good = readFileSync(path);
    const failed: unknown[] = [];
    for (const [name, spoil] of ways) {
      const bad = spoil(good);
      if (bad.equals(good)) failed.push([name, 'is no damage']);
      writeFileSync(path, bad);
      const run = await launched.run(options);
      if (run.code !== 0 || (stdout ?? run.stdout) !== run.stdout) failed.push([name, run]);
      else if (!isWhole(path)) failed.push([name, 'not replaced']);
    }
    return failed;
  }

  test('240 damages of a small program’s cache', async () => {
    const ways = damages(24);
    expect(ways).toHaveLength(240);
    const halves = [ways.filter((_, i) => i % 2 === 0), ways.filter((_, i) => i % 2 === 1)];
    const found = await Promise.all(halves.map((half) => failures(standIn(), half, asking(), right.stdout)));
    expect(found.flat()).toEqual([]);
  }, 240_000);

  test('20 damages of the bundle’s cache', async () => {
    expect(await failures(bundle(), damages(2), task())).toEqual([]);
    expect(server.received).toHaveLength(21);
  }, 120_000);

  test.each<[string, (path: string, good: Buffer) => void]>([
    ['an empty file', (path) => writeFileSync(path, '')],
    ['one byte', (path) => writeFileSync(path, 'x')],
    ['a digest of nothing', (path) => writeFileSync(path, sealed(Buffer.alloc(0)))],
    ['other bytes with their digest', (path, good) => writeFileSync(path, sealed(Buffer.alloc(good.length - 32, 7)))],
    ['V8’s data alone', (path, good) => writeFileSync(path, good.subarray(0, good.lastIndexOf('program.cjs-')))],
    [
      'the cache of another Node',
      (path, good) => {
        const bytes = Buffer.from(good.subarray(0, -32));
        const at = bytes.lastIndexOf(process.version);
        bytes.write('v0', at);
        writeFileSync(path, sealed(bytes));
      },
    ],
    ['a folder', (path) => mkdirSync(path)],
    [
      'a folder with files',
      (path) => {
        mkdirSync(path);
        writeFileSync(join(path, 'file'), 'x');
      },
    ],
    ['a FIFO', (path) => spawnSync('mkfifo', ['-m', '600', path])],
  ])('%s', async (_name, put) => {
    const launched = standIn();
    await launched.run(asking());
    const path = launched.cacheOf();
    const good = readFileSync(path);
    rmSync(path);
    put(path, good);
    expect(existsSync(path)).toBe(true);
    expect(await launched.run(asking())).toEqual(right);
    expect(statSync(path).isFile() && isWhole(path)).toBe(true);
    const replaced = readFileSync(path);
    expect(await launched.run(asking())).toEqual(right);
    expect(readFileSync(path).equals(replaced)).toBe(true); // it was used: what V8 refuses is replaced
  });

  test('the cache of other code of the same length', async () => {
    const [launched, other] = [standIn(), standIn('wrong')];
    for (const one of [launched, other]) await one.run(asking());
    writeFileSync(launched.cacheOf(), readFileSync(other.cacheOf()));
    expect(await launched.run(asking())).toEqual(right);
    expect(readFileSync(launched.cacheOf()).equals(readFileSync(other.cacheOf()))).toBe(false);
  });
});

describe('what cannot be written is done without', () => {
  const elsewhere = () => join(standIn().folder, 'elsewhere');

  test.each<[string, (folder: string) => void]>([
    ['a file in place of the folder', (folder) => writeFileSync(folder, '')],
    ['a FIFO in place of the folder', (folder) => spawnSync('mkfifo', ['-m', '600', folder])],
    ['a link to nothing', (folder) => symlinkSync('/nowhere/at/all', folder)],
    [
      'a link to another folder',
      (folder) => {
        const target = elsewhere();
        mkdirSync(target, { mode: 0o700 });
        symlinkSync(target, folder);
      },
    ],
  ])('%s', async (_name, put) => {
    const launched = standIn();
    put(launched.cacheFolder);
    expect(await launched.run(asking())).toEqual(right);
    expect(
      made.flatMap(({ folder }) => readdirSync(folder, { recursive: true, encoding: 'utf8' })).join(),
    ).not.toContain(process.version);
  });

  test('a write that breaks off: the answer is the same, and nothing of it is left', async () => {
    const launched = standIn();
    expect(await launched.run(asking({ shell: 'ulimit -f 1' }))).toEqual(right);
    expect(launched.cached()).toEqual([]);
    expect(await launched.run(asking())).toEqual(right);
    expect(isWhole(launched.cacheOf())).toBe(true);
  });

  test('a writer that is killed before the file has its name: the next one removes what it left, in a minute', async () => {
    const launched = standIn();
    const hook = join(launched.folder, 'kill.cjs');
    writeFileSync(hook, `require('node:fs').renameSync = () => process.kill(process.pid, 'SIGKILL');`);
    expect((await launched.run(asking({ env: { NODE_OPTIONS: `--require ${hook}` } }))).code).toBeNull();
    const [left = '', ...more] = launched.cached();
    expect([left, more]).toEqual([expect.stringMatching(/\.tmp$/), []]);

    expect(await launched.run(asking())).toEqual(right); // it may be of a writer that lives
    expect(launched.cached()).toHaveLength(2);
    const minutesAgo = Date.now() / 1000 - 120;
    utimesSync(join(launched.cacheFolder, left), minutesAgo, minutesAgo);
    rmSync(launched.cacheOf());
    expect(await launched.run(asking())).toEqual(right);
    expect(launched.cached()).toHaveLength(1);
    expect(isWhole(launched.cacheOf())).toBe(true);
  });
});

const onPosix = process.platform === 'win32' ? describe.skip : describe;

onPosix('nobody else can write what is run', () => {
  const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
  const wrong = { ...right, stdout: right.stdout.replace('right', 'wrong') };

  /** A program whose cache would run other code: what it prints shows whether the cache was used. */
  async function trapped(): Promise<Launched> {
    const [launched, other] = [standIn(), standIn('wrong')];
    await other.run(asking());
    launched.forgeCache(other);
    return launched;
  }

  test.each(['umask 0', 'umask 022', 'umask 077'])('the folder is 700 and its files 600 with %s', async (shell) => {
    const launched = standIn();
    expect(await launched.run(asking({ shell }))).toEqual(right);
    expect([modeOf(launched.cacheFolder), modeOf(launched.cacheOf())]).toEqual(['700', '600']);
  });

  test('files can be read by whom their folder was opened for', async () => {
    const launched = standIn();
    mkdirSync(launched.cacheFolder);
    chmodSync(launched.cacheFolder, 0o755);
    expect(await launched.run(asking({ shell: 'umask 077' }))).toEqual(right);
    expect([modeOf(launched.cacheFolder), modeOf(launched.cacheOf())]).toEqual(['755', '644']);
  });

  test('a cache of this user’s own is trusted: these tests can tell whether it was used', async () => {
    expect(await (await trapped()).run(asking())).toEqual(wrong);
  });

  test.each([
    ['folder', '770'],
    ['folder', '702'],
    ['folder', '1777'],
    ['file', '620'],
    ['file', '602'],
    ['file', '666'],
  ])('a %s that others may write to (%s) is neither used nor changed', async (what, mode) => {
    const launched = await trapped();
    const path = launched.cacheOf();
    const before = readFileSync(path);
    chmodSync(what === 'folder' ? launched.cacheFolder : path, Number.parseInt(mode, 8));
    expect(await launched.run(asking())).toEqual(right);
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(launched.cached()).toHaveLength(1);
  });

  const asRoot = process.geteuid?.() === 0 ? test : test.skip;
  const nobody = 65534;

  asRoot.each(['folder', 'file'])('a %s of another user is neither used nor changed', async (what) => {
    const launched = await trapped();
    const path = launched.cacheOf();
    const before = readFileSync(path);
    chownSync(what === 'folder' ? launched.cacheFolder : path, nobody, nobody);
    expect(await launched.run(asking())).toEqual(right);
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(launched.cached()).toHaveLength(1);
  });

  asRoot('what the administrator has left is used by other users, who write nothing', async () => {
    const launched = await trapped();
    for (const path of [launched.folder, launched.cacheFolder]) chmodSync(path, 0o755);
    chmodSync(launched.cacheOf(), 0o644);
    expect(await launched.run(asking({ uid: nobody }))).toEqual(wrong);
    rmSync(launched.cacheOf());
    expect(await launched.run(asking({ uid: nobody }))).toEqual(right);
    expect(launched.cached()).toEqual([]);
  });

  asRoot('what the administrator has left to nobody is done without', async () => {
    const launched = await trapped();
    chmodSync(launched.folder, 0o755);
    expect(await launched.run(asking({ uid: nobody }))).toEqual(right);
    rmSync(launched.cacheFolder, { recursive: true });
    expect(await launched.run(asking({ uid: nobody }))).toEqual(right);
    expect(existsSync(launched.cacheFolder)).toBe(false);
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
    for (const name of ['@aws-sdk/client-lambda', '@smithy/core', '@smithy/signature-v4'])
      expect(notices).toContain(name);
  });
});
