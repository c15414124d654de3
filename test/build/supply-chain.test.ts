import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { cleanEnvironment, root } from '../support/run-program.ts';

interface Locked {
  readonly version: string;
  readonly integrity?: string;
  readonly inBundle?: boolean;
  readonly optional?: boolean;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
}

// On the same file system as node_modules, so that these can be linked.
mkdirSync(join(root, 'test-output'), { recursive: true });
const folder = mkdtempSync(join(root, 'test-output', 'supply-chain-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (path: string) => readFileSync(join(root, path), 'utf8');
const manifest = JSON.parse(read('package.json'));
const { packages }: { packages: Record<string, Locked> } = JSON.parse(read('package-lock.json'));
const locked = Object.entries(packages).filter(([path, { link }]) => path !== '' && !link);

const run = (command: string, words: readonly string[], cwd: string) =>
  spawnSync(command, words, { cwd, encoding: 'utf8', env: { ...cleanEnvironment(), npm_config_offline: 'true' } });

test('every package of the lockfile has its integrity, but for those inside another and those of other platforms', () => {
  const without = locked.filter(([, { integrity }]) => !/^sha512-[\w+/]{86}==$/.test(integrity ?? ''));
  const unexplained = without.filter(
    ([, entry]) => !entry.inBundle && !(entry.optional && (entry.os !== undefined || entry.cpu !== undefined)),
  );
  expect(unexplained.map(([path]) => path)).toEqual([]);
  expect(locked.length - without.length).toBeGreaterThan(500);
});

test('nothing runs when the package is installed, and no package runs anything when this checkout is', () => {
  const scripts = Object.keys(manifest.scripts);
  expect(scripts.filter((name) => /^(pre|post)?(install|prepare|publish|uninstall)$/.test(name))).toEqual([]);
  expect(read('.npmrc')).toMatch(/^ignore-scripts=true$/m);
});

test('versions of packages are exact', () => {
  const wanted = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };
  const loose = Object.entries(wanted).filter(([, range]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(String(range)));
  expect(loose).toEqual([]);
});

test('the packed files are the program, its documents and its examples, and nothing else', () => {
  const [{ files }] = JSON.parse(run('npm', ['pack', '--dry-run', '--ignore-scripts', '--json'], root).stdout);
  const paths: string[] = files.map(({ path }: { path: string }) => path);
  const allowed =
    /^(dist\/.+|schemas\/[\w.-]+\.json|docs\/.+|examples\/.+|template\.json|package\.json|Dockerfile|[A-Z]+\.md)$/;
  expect(paths.filter((path) => !allowed.test(path))).toEqual([]);
  const unwanted =
    /(^|\/)(\.(?!gitlab-ci\.yml$)|test\/|node_modules\/|cache\/)|\.(zip|tgz|key|pem|log|map)$|ue-aws-lambda-\w+-\w+$/;
  expect(paths.filter((path) => unwanted.test(path))).toEqual([]);
  expect(paths).toEqual(expect.arrayContaining(['dist/main.cjs', 'dist/THIRD-PARTY-NOTICES.txt', 'SECURITY.md']));
});

test('every bundled package has a licence that allows it, and the text of each licence is there', () => {
  const notices = read('dist/THIRD-PARTY-NOTICES.txt').split(/\n={80}\n\n/);
  expect(notices.length).toBeGreaterThan(10);
  const withText = new Set<string>();
  const licences = notices.map((notice) => {
    const [title = '', ...text] = notice.split('\n');
    const licence = /^\S+ \d\S* \((.+)\)$/.exec(title)?.[1] ?? title;
    if (text.join('\n').length > 500) withText.add(licence);
    return licence;
  });
  const allowed = ['MIT', 'ISC', '0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'MPL-2.0'];
  expect(licences.filter((licence) => !allowed.includes(licence))).toEqual([]);
  // Some packages of a family leave out the text that the others have.
  expect(licences.filter((licence) => !withText.has(licence))).toEqual([]);
});

/** path -> digest of every file of a build but for the compile cache, which is of this machine. */
function digests(dist: string): Record<string, string> {
  const paths = readdirSync(dist, { recursive: true, encoding: 'utf8' }).sort();
  const files = paths.filter((path) => !path.startsWith('cache') && statSync(join(dist, path)).isFile());
  return Object.fromEntries(
    files.map((path) => [
      path,
      createHash('sha256')
        .update(readFileSync(join(dist, path)))
        .digest('hex'),
    ]),
  );
}

test('the same sources give the same bytes in two folders, and an SBOM of every package in them', () => {
  const builds = ['a', 'another-folder/with a longer name'].map((name) => {
    const checkout = join(folder, name);
    const without = new Set(['.git', 'node_modules', 'dist', 'test-output', 'test']);
    for (const entry of readdirSync(root).filter((path) => !without.has(path))) {
      cpSync(join(root, entry), join(checkout, entry), { recursive: true });
    }
    // Hard links: a symbolic one would put the path of these packages into the library.
    expect(run('cp', ['-al', join(root, 'node_modules'), join(checkout, 'node_modules')], root).status).toBe(0);
    const { status, stderr } = run('npm', ['run', '--silent', 'sbom'], checkout);
    expect([status, stderr]).toEqual([0, '']);
    return join(checkout, 'dist');
  });
  const [one, two] = builds.map(digests);
  expect(two).toEqual(one);
  const sbom = JSON.parse(readFileSync(join(builds[0] as string, 'sbom.cdx.json'), 'utf8'));
  expect(sbom).toMatchObject({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    metadata: { component: { name: manifest.name } },
  });
  const names = readFileSync(join(builds[0] as string, 'THIRD-PARTY-NOTICES.txt'), 'utf8').matchAll(
    /^(\S+) (\d\S+) \(.+\)$/gm,
  );
  expect(sbom.components.map(({ name, version }: Locked & { name: string }) => `${name} ${version}`)).toEqual(
    [...names].map(([, name, version]) => `${name} ${version}`),
  );
  expect(sbom.components.every(({ hashes }: { hashes: object[] }) => hashes.length === 1)).toBe(true);
}, 180_000);
