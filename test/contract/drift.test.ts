import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
// @ts-expect-error a build script without types
import { derive } from '../../build/derive/derive.mjs';
import { statuses } from '../../extension/outcome/status.ts';
import { fieldNames } from '../../extension/task/wire.ts';
import { name, version } from '../../extension/version.ts';
import { root } from '../support/run-program.ts';
import { readSchema } from '../support/schemas.ts';

const read = (path: string) => readFileSync(join(root, path), 'utf8');

test.each(Object.entries(derive() as Record<string, string>))('%s is fresh; if not: npm run generate', (path, text) => {
  expect(read(path)).toBe(text);
});

test('name and version are the package’s', () => {
  const manifest = JSON.parse(read('package.json'));
  expect([name, version]).toEqual([manifest.name, manifest.version]);
  expect(JSON.parse(read('package-lock.json')).version).toBe(version);
  expect(readSchema('extension-output').properties.invocation.properties.extension.const).toBe(name);
});

test('the newest entry of the changelog is this version', () => {
  expect(/^## ue-aws-lambda-(\S+) \(\d{4}-\d\d-\d\d\)$/m.exec(read('CHANGELOG.md'))?.[1]).toBe(version);
});

test('the reference’s status table is the status table', () => {
  const rows = Object.values(statuses).map(
    ({ exitCode, classification, sentence }) =>
      `| ${exitCode} | ${classification} | \`${sentence('<description>')}\` |`,
  );
  const [, table = ''] =
    /## Output and exit codes\n[\s\S]*?\|---\|---\|---\|\n([\s\S]*?)\n\n/.exec(read('docs/reference.md')) ?? [];
  expect(table.split('\n')).toEqual(rows);
});

test('the reference’s troubleshooting has a row for every exit code of a failure', () => {
  const codes = [...new Set(Object.values(statuses).map(({ exitCode }) => exitCode))].filter((code) => code > 0);
  const [, table = ''] =
    /## Troubleshooting by exit code\n[\s\S]*?\|---\|---\|---\|\n([\s\S]*?)\n(?:\n|$)/.exec(
      read('docs/reference.md'),
    ) ?? [];
  expect(table.split('\n').map((row) => Number(row.split('|')[1]))).toEqual(codes);
});

test('the output schema knows every exit code and echoes every field, in order', () => {
  const { exit_code, invocation } = readSchema('extension-output').properties;
  expect(exit_code.enum).toEqual([...new Set(Object.values(statuses).map(({ exitCode }) => exitCode))]);
  const { properties } = readSchema('fields');
  const echoed = fieldNames.flatMap((field) =>
    properties[field]['x-kind'] === 'credential' ? [`${field}_user`, `${field}_password`] : [field],
  );
  expect(Object.keys(invocation.properties.fields.properties)).toEqual(echoed);
});

test('every attribute of the result is in the reference', () => {
  const attributes = Object.keys(readSchema('extension-output').properties.result.properties);
  const [, section = ''] = /## Output and exit codes\n([\s\S]*?)\n## /.exec(read('docs/reference.md')) ?? [];
  expect(attributes.filter((attribute) => !section.includes(`\`${attribute}\``))).toEqual([]);
});

test('every JSON example of fields in the reference is valid', async () => {
  const { parseFields } = await import('../../extension/task/fields.ts');
  const [, section = ''] = /## Examples\n([\s\S]*?)\n## /.exec(read('docs/reference.md')) ?? [];
  const examples = [...section.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text]) => JSON.parse(text as string));
  expect(examples).toHaveLength(4);
  for (const example of examples) expect(() => parseFields(example)).not.toThrow();
});
