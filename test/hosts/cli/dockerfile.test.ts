import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { cleanEnvironment, root } from '../../support/run-program.ts';

const text = readFileSync(join(root, 'Dockerfile'), 'utf8');
const instructions = text
  .split('\n')
  .filter((line) => /^[A-Z]+ /.test(line))
  .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)] as const);
const of = (name: string) => instructions.filter(([word]) => word === name).map(([, rest]) => rest);

const folder = mkdtempSync(join(tmpdir(), 'ue-aws-lambda-image-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('what it copies is in the repository, and is not kept out of the build', () => {
  const ignored = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n');
  const copied = of('COPY').filter((rest) => !rest.startsWith('--from'));
  const sources = copied.flatMap((rest) => rest.split(' ').slice(0, -1));
  expect(sources).toContain('package-lock.json');
  for (const source of sources) {
    expect(existsSync(join(root, source))).toBe(true);
    expect(ignored).not.toContain(source);
  }
});

test('it builds with scripts that there are, on a Node that the program supports', () => {
  const { scripts, engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const runs = of('RUN').join(' && ');
  for (const [, script = ''] of runs.matchAll(/npm run (\S+)/g)) expect(scripts).toHaveProperty(script);
  const [built, shipped] = of('FROM').map((image) => Number(/node(?:js|:)(\d+)/.exec(image)?.[1]));
  expect(built).toBe(shipped);
  expect(built).toBeGreaterThanOrEqual(Number.parseInt(engines.node.replace('>=', ''), 10));
});

/** As the image runs it: from a folder that its user cannot write to, without a home. */
test('its program is whole, and runs as a user who is not root', () => {
  const copy = /cp (-r dist\/[^&]*) \/out\//.exec(of('RUN').join('\n'))?.[1];
  const [path] = of('COPY').filter((rest) => rest.startsWith('--from=build /out/'));
  const home = path?.split(' ').at(-1) ?? '';
  expect(spawnSync('sh', ['-c', `cp ${copy} '${folder}/'`], { cwd: root }).status).toBe(0);
  chmodSync(folder, 0o755);
  const [node = '', ...entry] = JSON.parse(of('ENTRYPOINT')[0] ?? '[]') as string[];
  expect(node).toBe('/nodejs/bin/node');
  const words = [...entry, ...(JSON.parse(of('CMD')[0] ?? '[]') as string[])];
  const user = process.getuid?.() === 0 ? { uid: 65532, gid: 65532 } : {};
  const env = { ...cleanEnvironment(), HOME: '/nonexistent' };
  const inside = words.map((word) => word.replace(home, `${folder}/`));
  const { status, stdout, stderr } = spawnSync(process.execPath, inside, { cwd: '/', encoding: 'utf8', env, ...user });
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toContain('Usage: ue-aws-lambda COMMAND');
  expect(of('FROM').at(-1)).toMatch(/:nonroot$/);
});
