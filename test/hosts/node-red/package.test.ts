import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { callKinds } from '../../../extension/hosts/node-red/call-kinds.ts';
import { connectionType } from '../../../extension/hosts/node-red/connection-node.ts';
// @ts-expect-error a build script without types
import { formsHtml } from '../../../extension/hosts/node-red/editor/forms.mjs';

const folder = 'extension/hosts/node-red';
const types = [connectionType, ...callKinds.map(({ type }) => type)];
const manifest = JSON.parse(readFileSync('package.json', 'utf8'));

test('package.json names the nodes, and Node-RED’s keyword', () => {
  expect(manifest['node-red'].nodes).toEqual({ awslambda: 'dist/node-red/awslambda.js' });
  expect(manifest.keywords).toContain('node-red');
  expect(manifest.files).toEqual(expect.arrayContaining(['dist', 'examples']));
});

test('the one-shot task loads nothing of the connector or the nodes', () => {
  const found = new Set(['extension/main.ts']);
  for (const file of found) {
    for (const [, target = ''] of readFileSync(file, 'utf8').matchAll(/(?:from\s+|import\()'(\.[^']+\.[jt]s)'/g)) {
      const path = join(dirname(file), target);
      // The commands for people load when one of them is asked for, and are not a task.
      if (existsSync(path) && !path.startsWith('extension/hosts/cli/')) found.add(path);
    }
  }
  expect(found.size).toBeGreaterThan(20);
  expect(
    [...found].filter((path) => /hosts\/(node-red|connector)|connector-result|template-parameters/.test(path)),
  ).toEqual([]);
});

describe('the catalogue of texts', () => {
  const catalogue = JSON.parse(readFileSync(`${folder}/locales/en-US/awslambda.json`, 'utf8'));
  const known = Object.entries(catalogue).flatMap(([group, texts]) =>
    Object.keys(texts as object).map((key) => `${group}.${key}`),
  );
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(js|ts|mjs)$/.test(path))
    .map((path) => readFileSync(join(folder, path), 'utf8'));
  const spelled = new Set(
    [formsHtml(), ...sources].flatMap((source) =>
      [...source.matchAll(/[`'"\]]([a-zA-Z]+\.[a-zA-Z]+)[`'";]/g)].map(([, key]) => key as string),
    ),
  );
  /** Groups whose keys are put together from the name of a field, a tab or a fact. */
  const computed = /^(connection|tabs|common|health|functions)\./;

  test('has every text that is asked for', () => {
    const groups = Object.keys(catalogue);
    const asked = [...spelled].filter((key) => groups.includes(key.split('.')[0] as string));
    expect(asked.filter((key) => !known.includes(key))).toEqual([]);
    expect(asked.length).toBeGreaterThan(80);
  });

  test('has no text that nobody asks for', () => {
    expect(known.filter((key) => !spelled.has(key) && !computed.test(key))).toEqual([]);
  });
});

test('every node has its form and its help', () => {
  const help = readFileSync(`${folder}/locales/en-US/awslambda.html`, 'utf8');
  for (const type of types) {
    expect(formsHtml()).toContain(`data-template-name="${type}"`);
    expect(help).toContain(`data-help-name="${type}"`);
  }
});

describe('the example flows', () => {
  test.each(readdirSync('examples/flows'))('%s', (file) => {
    const flow: { id: string; type: string; connection?: string; wires?: string[][] }[] = JSON.parse(
      readFileSync(resolve('examples/flows', file), 'utf8'),
    );
    const ids = new Set(flow.map(({ id }) => id));
    expect(ids.size).toBe(flow.length);
    for (const { type, connection, wires = [] } of flow) {
      if (type.startsWith('connected.')) expect(types).toContain(type);
      if (connection !== undefined) expect(ids).toContain(connection);
      for (const target of wires.flat()) expect(ids).toContain(target);
    }
    expect(JSON.stringify(flow)).not.toMatch(/credentials|secret/i);
  });
});
