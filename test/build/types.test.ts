import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { root } from '../support/run-program.ts';

/** A project of a user of the library: what npm installs for it, and nothing that this repository has besides. */
let project: string;
let installed: string;

beforeEach(async () => {
  project = mkdtempSync(join(tmpdir(), 'ue-aws-lambda-types-'));
  installed = join(project, 'node_modules/ue-aws-lambda');
  for (const path of ['package.json', 'dist/types']) {
    mkdirSync(dirname(join(installed, path)), { recursive: true });
    cpSync(`${root}${path}`, join(installed, path), { recursive: true });
  }
  for (const name of ['@types/node', 'undici-types']) {
    cpSync(`${root}node_modules/${name}`, join(project, 'node_modules', name), { recursive: true });
  }
  const { default: _, ...exported } = await import(pathToFileURL(`${root}dist/index.js`).href);
  const names = Object.keys(exported);
  expect(names).toContain('createConnector');
  writeFileSync(
    join(project, 'user.ts'),
    `import { ${names.join(', ')} } from 'ue-aws-lambda';
     export * from 'ue-aws-lambda';
     type Known<T> = 0 extends 1 & T ? never : T; // no export may be any
     export const used = <T extends readonly unknown[]>(...values: { [K in keyof T]: Known<T[K]> }) => values;
     used(${names.join(', ')});
    `,
  );
});
afterEach(() => rmSync(project, { recursive: true }));

function compile(options: Readonly<Record<string, unknown>>, packageType = 'module'): string {
  const compilerOptions = {
    noEmit: true,
    target: 'es2023',
    types: ['node'],
    strict: true,
    skipLibCheck: false,
    ...options,
  };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['user.ts'] }));
  writeFileSync(join(project, 'package.json'), JSON.stringify({ type: packageType }));
  const tsc = `${root}node_modules/typescript/bin/tsc`;
  return spawnSync(process.execPath, [tsc, '--project', project], { encoding: 'utf8' }).stdout;
}

test.each([
  { module: 'nodenext' },
  { module: 'nodenext', exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, isolatedModules: true },
  { module: 'esnext', moduleResolution: 'bundler' },
])('the published types compile for a user with %j', (options) => {
  expect(compile(options)).toBe('');
});

test('the published types compile for a user of CommonJS', () => {
  expect(compile({ module: 'nodenext' }, 'commonjs')).toBe('');
});

test('success tells the two forms of a result apart', () => {
  appendFileSync(
    join(project, 'user.ts'),
    `export async function narrowed(): Promise<string | null> {
       const task = await runTask({ function_name: 'order', payload_source: 'Script', payload_script: { id: 1 } });
       if (!task.success) return task.outcome.errors[0]?.message ?? task.outcome.execution;
       if (task.outcome.answer.kind === 'functions') return task.outcome.answer.functions[0]?.functionName ?? null;
       const result = await createConnector({ name: 'orders', region: 'eu-west-1' }).invoke({ functionName: 'order' });
       if (result.success) return String(result.data.statusCode);
       // @ts-expect-error a failure may have no data
       result.data.statusCode;
       return result.error;
     }
     // @ts-expect-error a field that is not there
     void runTask({ qualifer: '7' });
    `,
  );
  expect(compile({ module: 'nodenext' })).toBe('');
});

test('a published type that needs a package which is not there is an error', () => {
  appendFileSync(join(installed, 'dist/types/index.d.ts'), `export type { Logger } from '@smithy/types';\n`);
  expect(compile({ module: 'nodenext' })).toMatch(/index\.d\.ts.*error TS2307: Cannot find module '@smithy\/types'/);
});

test('every file of the published types belongs to an export of the library', () => {
  const published = readdirSync(join(installed, 'dist'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const read = compile({ module: 'nodenext', listFiles: true }).split('\n');
  expect(published.filter((path) => !read.includes(path))).toEqual([]);
  expect(published).toContain(join(installed, 'dist/types/index.d.ts'));
});

test('every example of docs/library.md compiles, and every export has one', async () => {
  const page = readFileSync(`${root}docs/library.md`, 'utf8');
  const examples = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code);
  expect(examples.length).toBeGreaterThan(3);
  for (const example of examples) {
    writeFileSync(join(project, 'user.ts'), example);
    expect(compile({ module: 'nodenext' })).toBe('');
  }
  const { default: _, ...exported } = await import(pathToFileURL(`${root}dist/index.js`).href);
  const imported = examples.flatMap((code) => /import \{([^}]*)\}/.exec(code)?.[1]?.split(',') ?? []);
  expect([...new Set(imported.map((word) => word.trim()))].sort()).toEqual(Object.keys(exported).sort());
});
