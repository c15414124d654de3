import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { root } from '../support/run-program.ts';

type Declaration = Record<string, unknown>;
interface Schema {
  readonly properties: Record<string, Declaration>;
  readonly allOf: Declaration[];
}
interface Shipped {
  readonly fields: Record<string, { type: string; mapping: string; sysId: string; choices?: Record<string, string> }>;
}

// A copy of what `npm run generate` reads and writes, in which fields are declared for the test.
const copy = realpathSync(mkdtempSync(join(tmpdir(), 'declaration-')));
const sources = ['build', 'schemas', 'extension', 'examples', 'docs/reference.md', 'template.json', 'package.json'];
const schemaPath = 'schemas/fields.schema.json';
const shippedPath = 'extension/hosts/universal-agent/shipped-fields.json';
const formPath = 'build/derive/template-form.mjs';

symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
beforeEach(() => {
  for (const path of sources) cpSync(join(root, path), join(copy, path), { recursive: true });
});
afterAll(() => rmSync(copy, { recursive: true }));

const read = (path: string) => readFileSync(join(copy, path), 'utf8');
const write = (path: string, text: string) => writeFileSync(join(copy, path), text);

function change<Document>(path: string, alter: (document: Document) => void): void {
  const document = JSON.parse(read(path));
  alter(document);
  write(path, JSON.stringify(document));
}

const declare = (name: string, declaration: Declaration) =>
  change<Schema>(schemaPath, ({ properties }) => Object.assign(properties, { [name]: declaration }));

function generate() {
  return spawnSync(process.execPath, [join(copy, 'build/derive/generate.mjs')], { cwd: tmpdir(), encoding: 'utf8' });
}

/** path -> text of every file of the copy. */
function files(): Record<string, string> {
  const paths = sources.flatMap((path) =>
    path.includes('.')
      ? [path]
      : readdirSync(join(copy, path), { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath, entry.name).slice(copy.length + 1)),
  );
  return Object.fromEntries(paths.map((path) => [path, read(path)]));
}

function changed(before: Record<string, string>): string[] {
  const after = files();
  return Object.keys({ ...before, ...after })
    .filter((path) => before[path] !== after[path])
    .sort();
}

const note = { title: 'Note', 'x-kind': 'text', type: 'string', description: 'What the run is for.' };
/** A kind of which there are slots enough. */
const flag = { ...note, 'x-kind': 'boolean', type: 'boolean' };
const flagSlot = { type: 'Boolean', mapping: 'Boolean Field 15', sysId: '0123456789ab4cde8f0123456789abcd' };
const jsonOnly = { ...note, 'x-json-only': true };
const task = { function_name: 'hello', region: 'us-east-1' };

test('what is declared today needs nothing written', () => {
  const before = files();
  expect(generate()).toMatchObject({ status: 0, stderr: '' });
  expect(changed(before)).toEqual([]);
});

describe('an optional text field for JSON input', () => {
  beforeEach(() => {
    declare('made_up_note', jsonOnly);
  });

  test('is written everywhere but in the template', () => {
    const before = files();
    expect(generate()).toMatchObject({ status: 0, stderr: '' });
    expect(changed(before)).toEqual([
      'docs/reference.md',
      'examples/controllers/github-actions/action.yml',
      'extension/task/fields.gen.ts',
      'extension/task/validate.gen.js',
      'schemas/extension-output.schema.json',
      'schemas/flow.schema.json',
    ]);
    expect(read('docs/reference.md')).toContain(
      '| `made_up_note` | text |  | What the run is for. In JSON input only: the Universal Template does not have it. |',
    );
  });

  test('is read, checked, typed and echoed', async () => {
    expect(generate()).toMatchObject({ status: 0, stderr: '' });
    const { parseFields } = await import(join(copy, 'extension/task/fields.ts'));
    const { toFailure } = await import(join(copy, 'extension/outcome/failure.ts'));
    const { toOutput } = await import(join(copy, 'extension/output.ts'));
    expect(parseFields(task).fields.made_up_note).toBeUndefined();
    expect(parseFields({ ...task, made_up_note: ' monthly ' }).fields.made_up_note).toBe('monthly');
    let refused: unknown;
    try {
      parseFields({ ...task, made_up_note: { text: 'monthly' } });
    } catch (error) {
      refused = error;
    }
    expect(refused).toMatchObject({ violations: [{ field: 'made_up_note', message: 'must be text' }] });

    const output = JSON.parse(toOutput({ ...task, made_up_note: 'monthly' }, toFailure(refused)));
    expect(output.invocation.fields.made_up_note).toBe('monthly');
    const ajv = new Ajv2020({ strict: false });
    const isOutput = ajv.compile(JSON.parse(read('schemas/extension-output.schema.json')));
    expect(isOutput(output)).toBe(true);
    delete output.invocation.fields.made_up_note;
    expect(isOutput(output)).toBe(false);

    write(
      'probe.ts',
      `import type { Fields } from './extension/task/fields.gen.ts';
export const right: Fields['made_up_note'] = 'monthly';
// @ts-expect-error a note is text
export const wrong: Fields['made_up_note'] = 7;
`,
    );
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const options = [
      '--noEmit',
      '--strict',
      '--allowImportingTsExtensions',
      '--skipLibCheck',
      '--types',
      '',
      'probe.ts',
    ];
    expect(spawnSync(process.execPath, [tsc, ...options], { cwd: copy, encoding: 'utf8' })).toMatchObject({
      status: 0,
      stdout: '',
    });
  });
});

test('a field with a slot and a row is in the template', () => {
  declare('made_up_note', flag);
  change<Shipped>(shippedPath, ({ fields }) => Object.assign(fields, { made_up_note: flagSlot }));
  write(formPath, read(formPath).replace("[{ name: 'endpoint_url'", "[{ name: 'made_up_note', span: 2 }],\n  $&"));
  expect(generate()).toMatchObject({ status: 0, stderr: '' });
  const { fields } = JSON.parse(read('template.json'));
  expect(fields.find(({ name }: { name: string }) => name === 'made_up_note')).toMatchObject({
    fieldMapping: flagSlot.mapping,
    fieldType: flagSlot.type,
    sysId: flagSlot.sysId,
    label: 'Note',
    hint: 'What the run is for.',
  });
  expect(read('docs/reference.md')).toContain('| `made_up_note` | boolean |  | What the run is for. |');
});

const properties = (alter: (properties: Schema['properties']) => void) => () =>
  change<Schema>(schemaPath, (schema) => alter(schema.properties));
const shippedFields = (alter: (fields: Shipped['fields']) => void) => () =>
  change<Shipped>(shippedPath, ({ fields }) => alter(fields));
const withNote = (declaration: Declaration) => () => declare('made_up_note', declaration);

describe('nothing is written, and the fault is named, for', () => {
  test.each<[string, () => void, string | RegExp]>([
    [
      'a field without a place',
      withNote(flag),
      /^made_up_note has no place: declare "x-json-only": true in schemas\/fields.schema.json, or add "made_up_note": \{"type":"Boolean","mapping":"Boolean Field \d+","sysId":"[0-9a-f]{32}"\} to extension\/hosts\/universal-agent\/shipped-fields.json and a row to build\/derive\/template-form.mjs\.\n$/,
    ],
    [
      'a field without a place when every slot is taken',
      () => {
        declare('made_up_note', note);
        shippedFields((fields) => {
          for (let number = 1; number <= 20; number++) {
            const mapping = `Text Field ${number}`;
            if (!Object.values(fields).some((slot) => slot.mapping === mapping))
              fields[`output_${number}`] = { type: 'Text', mapping, sysId: String(number) };
          }
        })();
      },
      'made_up_note has no place: declare "x-json-only": true in schemas/fields.schema.json, since no Text slot is free.',
    ],
    [
      'a field of the template that is declared JSON-only',
      properties(({ region }) => Object.assign(region as object, { 'x-json-only': true })),
      'region has a slot in extension/hosts/universal-agent/shipped-fields.json, so tasks hold values for it: remove its x-json-only.',
    ],
    [
      'a field with a slot, but no row in the form',
      () => {
        declare('made_up_note', flag);
        shippedFields((fields) => Object.assign(fields, { made_up_note: flagSlot }))();
      },
      'made_up_note has no row in the form: add it to build/derive/template-form.mjs.',
    ],
    [
      'a slot that two fields have',
      shippedFields(({ region, role_arn }) => Object.assign(region as object, { mapping: role_arn?.mapping })),
      'region and role_arn have the same slot, Text Field 2.',
    ],
    [
      'a slot that no pool has',
      shippedFields(({ region }) => Object.assign(region as object, { mapping: 'Text Field 21' })),
      'region: Text Field 21 is not one of the Text slots.',
    ],
    [
      'a shipped field that is gone',
      properties((fields) => {
        delete fields.marker;
      }),
      'marker was shipped and cannot be removed: tasks hold values for it.',
    ],
    [
      'a shipped field of another kind',
      properties((fields) => {
        fields.marker = { ...note, 'x-kind': 'boolean', type: 'boolean' };
      }),
      'marker was shipped as Text and cannot become Boolean.',
    ],
    [
      'a new choice without a sysId',
      properties(({ function_version }) =>
        Object.assign(function_version as object, { enum: ['ALL', 'unqualified', 'newest'] }),
      ),
      /^function_version has the new choice newest: add it to \S+shipped-fields.json as "newest": "[0-9a-f]{32}"\.\n$/,
    ],
    [
      'a shipped choice that is gone',
      properties(({ function_version }) => Object.assign(function_version as object, { enum: ['ALL'] })),
      'function_version: the choice unqualified was shipped and cannot be removed.',
    ],
    [
      'a JSON-only field that the form makes necessary',
      () => {
        declare('made_up_note', jsonOnly);
        change<Schema>(schemaPath, ({ allOf }) => {
          allOf.push({
            'x-when': 'when use_proxy is true',
            if: { properties: { use_proxy: { const: true } }, required: ['use_proxy'] },
            // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
            then: { required: ['made_up_note'] },
          });
        });
      },
      'made_up_note is x-json-only, but the form makes it necessary when use_proxy is true.',
    ],
    [
      'a field of an action that there is not',
      withNote({ ...jsonOnly, 'x-action': ['Delete Function'] }),
      'made_up_note: x-action must be a list of Trigger Lambda Function, List Functions, Test Connection, Send Callback.',
    ],
    [
      'a description that names another action than x-action',
      withNote({ ...jsonOnly, description: 'List Functions: what the list is for.' }),
      'made_up_note: the description says that it is of List Functions: declare "x-action": ["List Functions"].',
    ],
    [
      'a form that shows a field for another action',
      properties(({ marker }) => Object.assign(marker as object, { 'x-action': ['Send Callback'], description: 'x' })),
      'marker is used by Send Callback (x-action), but build/derive/template-form.mjs shows it for List Functions.',
    ],
    [
      'a field without a description',
      withNote({ ...jsonOnly, description: undefined }),
      'made_up_note has no description: add it.',
    ],
    ['a field without a title', withNote({ ...jsonOnly, title: undefined }), 'made_up_note has no title: add it.'],
    [
      'a description that would break the table of the README',
      withNote({ ...jsonOnly, description: 'this | that' }),
      'made_up_note: the description must be one line without | and */: tables and comments hold it.',
    ],
    [
      'a field of an unknown kind',
      withNote({ ...jsonOnly, 'x-kind': 'string' }),
      'made_up_note has no known x-kind: it must be one of choice, text, script, boolean, integer, credential.',
    ],
    [
      'a kind and a type that contradict each other',
      withNote({ ...jsonOnly, type: 'integer' }),
      'made_up_note: a text must have the type string.',
    ],
    [
      'a mistyped attribute',
      withNote({ ...jsonOnly, 'x-rules': 'must be short' }),
      'properties/made_up_note/x-rules is not a known attribute: use one of x-kind, x-rule, x-when, x-json-only, x-literal, x-action.',
    ],
    [
      'x-json-only that is no yes',
      withNote({ ...note, 'x-json-only': 'yes' }),
      'made_up_note: x-json-only must be true; leave it out for a field of the Universal Template.',
    ],
    [
      'an integer whose rule states other bounds',
      properties(({ max_items }) => Object.assign(max_items as object, { maximum: 20_000 })),
      'max_items: x-rule must end with "from 1 to 20000", as its minimum and maximum say.',
    ],
    [
      'a condition without words',
      () =>
        change<Schema>(schemaPath, ({ allOf }) => {
          delete allOf[0]?.['x-when'];
        }),
      'allOf/0 has no x-when: state its condition, such as "when use_proxy is true".',
    ],
    [
      'a field of a connection without a rule',
      () =>
        change<Schema>('schemas/connection.schema.json', (schema) => {
          delete schema.properties.region?.['x-rule'];
        }),
      'region has no x-rule: add it.',
    ],
  ])('%s', (_name, alter, fault) => {
    alter();
    const before = files();
    const { status, stdout, stderr } = generate();
    expect([status, stdout]).toEqual([1, '']);
    if (typeof fault === 'string') expect(stderr.split('\n')).toContain(fault);
    else expect(stderr).toMatch(fault);
    expect(stderr).not.toContain('    at ');
    expect(changed(before)).toEqual([]);
  });
});
