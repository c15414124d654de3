import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { cleanEnvironment, root } from '../support/run-program.ts';

const folder = mkdtempSync(join(tmpdir(), 'ue-aws-lambda-install-'));
afterAll(() => rmSync(folder, { recursive: true }));

const run = (command: string, words: readonly string[], cwd = folder) =>
  spawnSync(command, words, { cwd, encoding: 'utf8', env: { ...cleanEnvironment(), npm_config_offline: 'true' } });

/** What a user installs: the tarball of `npm pack`, whose build the tests have already made. */
let files: string[];
beforeAll(() => {
  const packed = run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], root);
  const [{ filename, files: entries }] = JSON.parse(packed.stdout);
  files = entries.map(({ path }: { path: string }) => path);
  const installed = run('npm', ['install', '--global', '--prefix', join(folder, 'global'), join(folder, filename)]);
  expect(installed.status).toBe(0);
});

test('npm run pack in a fresh checkout builds the program first', () => {
  // The project's .npmrc keeps the scripts of packages from running, and with them prepack.
  const checkout = join(folder, 'checkout');
  for (const name of readdirSync(root).filter(
    (entry) => !['.git', 'node_modules', 'dist', 'test-output'].includes(entry),
  )) {
    cpSync(join(root, name), join(checkout, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'));
  expect(run('npm', ['run', 'pack'], checkout).status).toBe(0);
  const { stdout } = run('tar', ['-tzf', `ue-aws-lambda-${versionOf()}.tgz`], checkout);
  for (const path of [
    'dist/main.cjs',
    'dist/program.cjs',
    'dist/index.js',
    'dist/man/ue-aws-lambda.1',
    'docs/cli.md',
  ]) {
    expect(stdout).toContain(`package/${path}\n`);
  }
});

test('npm install --global puts the command on the PATH, with its man page', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const { status, stdout } = run(join(folder, 'global/bin/ue-aws-lambda'), ['--version']);
  expect([status, stdout]).toEqual([0, `${version}\n`]);
  expect(existsSync(join(folder, 'global/share/man/man1/ue-aws-lambda.1'))).toBe(true);
});

test('npx runs it from the tarball', () => {
  const [tarball] = files.length > 0 ? [join(folder, `ue-aws-lambda-${versionOf()}.tgz`)] : [];
  const { stdout } = run('npx', ['--yes', '--package', tarball as string, 'ue-aws-lambda', 'explain', '21']);
  expect(stdout).toContain('READ_TIMEOUT_ERROR');
});

test('the package holds every file that its README links to', () => {
  const links = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)/g)];
  const missing = links.map(([, path = '']) => path).filter((path) => !files.some((file) => file.startsWith(path)));
  expect(missing).toEqual([]);
});

function versionOf(): string {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;
}
