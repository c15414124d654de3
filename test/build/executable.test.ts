import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { cleanEnvironment, type Run, root } from '../support/run-program.ts';
import { type ScriptedServer, scriptedServer } from '../support/scripted-server.ts';

const executable = process.env.PROGRAM ?? `${root}dist/ue-aws-lambda-${process.platform}-${process.arch}`;
const built = existsSync(executable);

let folder: string;
let server: ScriptedServer;
let elsewhere: ScriptedServer;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ue-aws-lambda-executable-'));
  server = await scriptedServer({ body: '"right"' });
  elsewhere = await scriptedServer({ body: '"elsewhere"' });
});
afterEach(async () => {
  await Promise.all([server.close(), elsewhere.close()]);
  rmSync(folder, { recursive: true });
});

/** Leaves a mark when it is run, however it is loaded. */
const evil = () => `require('node:fs').writeFileSync(${JSON.stringify(join(folder, 'evil-ran'))}, '');`;

/** Files of the folder that the task is run in, each of which bun reads in one way of running or another. */
const traps: Readonly<Record<string, () => Readonly<Record<string, string>>>> = {
  'a bunfig.toml with a preload': () => ({
    'bunfig.toml': 'preload = ["./evil.js"]\n[run]\npreload = ["./evil.js"]\n',
  }),
  'a .bunfig.toml at home': () => ({ '.bunfig.toml': `preload = ["${folder}/evil.js"]\n` }),
  '.env files': () => {
    const env = `AWS_ENDPOINT_URL_LAMBDA=${elsewhere.url}\nBUN_OPTIONS=--preload=./evil.js\n`;
    return { '.env': env, '.env.local': env, '.env.production': env, '.env.development': env };
  },
  'a package.json that redirects modules': () => ({
    'package.json': JSON.stringify({
      main: './evil.js',
      type: 'commonjs',
      imports: { '#program': './evil.js', 'node:http': './evil.js' },
      browser: { 'node:http': './evil.js', http: './evil.js', crypto: './evil.js' },
      overrides: { kerberos: './evil.js' },
    }),
  }),
  'a tsconfig.json that redirects modules': () => ({
    'tsconfig.json': JSON.stringify({ compilerOptions: { baseUrl: '.', paths: { '*': ['./evil.js'] } } }),
    'jsconfig.json': JSON.stringify({ compilerOptions: { baseUrl: '.', paths: { '*': ['./evil.js'] } } }),
  }),
  'packages of the names of modules': () =>
    Object.fromEntries(
      ['kerberos', 'http', 'node:http', 'crypto', 'debug', '@aws-sdk/signature-v4-crt', '@aws-sdk/client-sts'].map(
        (name) => [`node_modules/${name}/index.js`, evil()],
      ),
    ),
};

function runIn(cwd: string, words: readonly string[], input: string): Promise<Run> {
  const endpoints = { AWS_ENDPOINT_URL: server.url }; // AWS_ENDPOINT_URL_LAMBDA would come before it
  const env = { ...cleanEnvironment(), ...endpoints, HOME: folder, XDG_CONFIG_HOME: folder };
  const child = spawn(executable, words, { cwd, env });
  const run = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (run.stdout += chunk));
  child.stderr.on('data', (chunk) => (run.stderr += chunk));
  child.stdin.end(input);
  return new Promise((resolve) => child.on('close', (code) => resolve({ ...run, code })));
}

const fields = JSON.stringify({
  function_name: 'hello',
  region: 'us-east-1',
  credentials: { user: 'A', password: 'B' },
  role_based_access: false,
});

describe(`the executable${built ? '' : ' (not built: npm run build:exe)'}`, () => {
  const whenBuilt = built ? test : test.skip;

  whenBuilt.each(Object.keys(traps))('takes nothing from the folder that it is run in: %s', async (name) => {
    for (const [path, content] of Object.entries({ 'evil.js': evil(), ...traps[name]?.() })) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    const run = await runIn(folder, ['run'], fields);
    expect(existsSync(join(folder, 'evil-ran'))).toBe(false);
    expect(elsewhere.received).toEqual([]);
    expect(server.received).toHaveLength(1);
    expect([run.code, JSON.parse(run.stdout).result.payload]).toEqual([0, '"right"']);
  });

  whenBuilt('takes its words for its own, not for the runtime’s', async () => {
    writeFileSync(join(folder, 'evil.js'), evil());
    for (const words of [
      ['--preload', './evil.js'],
      ['-r', './evil.js'],
      ['run', './evil.js'],
      ['-e', evil()],
      ['./evil.js'],
    ]) {
      const run = await runIn(folder, words, fields);
      expect([words, run.code]).not.toEqual([words, 0]);
      expect(existsSync(join(folder, 'evil-ran'))).toBe(false);
    }
    expect(server.received).toEqual([]);
  });
});
