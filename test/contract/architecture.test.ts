import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { root } from '../support/run-program.ts';

interface Source {
  readonly path: string;
  readonly text: string;
  /** Imports of values; types are free to point anywhere. */
  readonly imports: readonly string[];
}

const sources: readonly Source[] = ['extension', 'local'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
    .map((path) => read(join(folder, path))),
);

function read(path: string): Source {
  const text = readFileSync(join(root, path), 'utf8');
  const statements = text.matchAll(/^(?:import|export)\s+(?!type\b)(?:[^;]*?\sfrom\s+)?'([^']+)'/gm);
  const dynamic = text.matchAll(/\bimport\('([^']+)'\)/g);
  const imports = [...statements, ...dynamic].map(([, specifier]) => specifier as string);
  return { path, text, imports: imports.map((specifier) => resolveFrom(path, specifier)) };
}

function resolveFrom(path: string, specifier: string): string {
  return specifier.startsWith('.') ? relative(root, resolve(root, dirname(path), specifier)) : specifier;
}

const inside = (folder: string) => (path: string) => path.startsWith(folder);
const folder = (path: string) => sources.filter(({ path: own }) => own.startsWith(path));

/** Who may import whom, from the top down. */
const rules: readonly [string, RegExp][] = [
  ['extension/execute.ts', /^extension\/(actions|cancellation|outcome|task|ports)/],
  ['extension/cancellation.ts', /^extension\/errors/],
  ['extension/output.ts', /^extension\/(actions|outcome|task|secret|version)/],
  ['extension/actions/', /^extension\/((actions|outcome|task|formats)\/|errors)/],
  ['extension/outcome/', /^extension\/(outcome\/|formats\/|secret|errors|version)/],
  ['extension/task/', /^(extension\/(task\/|formats\/|secret|errors)|leven$)/],
  ['extension/formats/', /^extension\/(formats\/|secret)/],
  ['extension/errors.ts', /^$/],
  ['extension/secret.ts', /^$/],
  ['extension/version.ts', /^$/],
  ['extension/ports.ts', /^$/],
];

describe('imports go down only', () => {
  test.each(rules)('%s', (path, allowed) => {
    const wrong = folder(path).flatMap((source) =>
      source.imports
        .filter((target) => !allowed.test(target) && target !== 'node:buffer' && target !== 'node:crypto')
        .map((target) => `${source.path} -> ${target}`),
    );
    expect(folder(path)).not.toHaveLength(0);
    expect(wrong).toEqual([]);
  });
});

test('only aws/ and local/ import the SDK, smithy and proxy agents as values', () => {
  const foreign = /^(@aws-sdk|@smithy|https-proxy-agent)/;
  const wrong = sources.filter(
    ({ path, imports }) => !/^(extension\/aws|local)\//.test(path) && imports.some((i) => foreign.test(i)),
  );
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

test('aws/ is reached through its sessions alone', () => {
  const entries = /^extension\/aws\/(session|shared-sessions)\.ts$/;
  const wrong = sources
    .filter(({ path }) => !inside('extension/aws/')(path))
    .flatMap(({ path, imports }) =>
      imports
        .filter((target) => inside('extension/aws/')(target) && !entries.test(target))
        .map((t) => `${path} -> ${t}`),
    );
  expect(wrong).toEqual([]);
});

test('only main, hosts, local and aws touch the process, the console and files', () => {
  const allowed = /^(extension\/(main\.ts|hosts\/|aws\/)|local\/)/;
  const wrong = sources.filter(
    ({ path, text, imports }) =>
      !allowed.test(path) &&
      (/\b(process|console)\./.test(text) || imports.some((target) => /^node:(fs|child_process)/.test(target))),
  );
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

test('hosts/run is for a process that runs one task and ends: only main imports it', () => {
  const users = sources.filter(
    ({ path, imports }) => !inside('extension/hosts/run/')(path) && imports.some(inside('extension/hosts/run/')),
  );
  expect(users.map(({ path }) => path)).toEqual(['extension/main.ts']);
});

test('no import goes round in a circle', () => {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): string[] => {
    if (trail.includes(path)) return [[...trail.slice(trail.indexOf(path)), path].join(' -> ')];
    if (done.has(path)) return [];
    const circles = (byPath.get(path)?.imports ?? []).flatMap((target) => visit(target, [...trail, path]));
    done.add(path);
    return circles;
  };
  expect(sources.flatMap(({ path }) => visit(path, []))).toEqual([]);
});

test('exit codes are numbers in the status table alone', () => {
  const wrong = folder('extension/').filter(
    ({ path, text }) => !path.endsWith('status.ts') && /exitCode: \d|exit\(\d/.test(text),
  );
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

test('no file is longer than 250 lines', () => {
  const long = sources.filter(({ path, text }) => !path.includes('.gen.') && text.split('\n').length > 250);
  expect(long.map(({ path }) => path)).toEqual([]);
});
