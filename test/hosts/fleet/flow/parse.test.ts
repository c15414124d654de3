import { describe, expect, test } from '@jest/globals';
import { ValidationError } from '../../../../extension/errors.ts';
import { graphViolations } from '../../../../extension/hosts/fleet/flow/graph.ts';
import { parseFlow } from '../../../../extension/hosts/fleet/flow/parse.ts';
import { checkFlow } from '../../../../extension/hosts/fleet/flow/submit.ts';

/** What is said of a text that is refused. */
function refusal(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof ValidationError) return error.message.split('\n');
    throw error;
  }
  return [];
}

const yaml = `
name: nightly
defaults: &shared
  region: eu-central-1
tasks:
  extract:
    fields: { <<: *shared, function_name: extract, max_attempts: 1 }
  load:
    needs: [extract]
    when: always
    fields:
      function_name: load
      region: ~
      qualifier: 1.10
      payload_source: Script
      payload_script: { id: 9007199254740993, share: 1.10, tiny: 1e-400, hex: 0x1F, text: "1" }
`;

test('YAML: defaults, merged keys, and every number as it is written', () => {
  const { name, tasks } = parseFlow(yaml);
  expect(name).toBe('nightly');
  expect([...tasks]).toEqual([
    [
      'extract',
      { needs: [], when: 'success', fields: { region: 'eu-central-1', function_name: 'extract', max_attempts: 1 } },
    ],
    [
      'load',
      {
        needs: ['extract'],
        when: 'always',
        fields: {
          ...{ region: null, function_name: 'load', qualifier: '1.10', payload_source: 'Script' },
          payload_script: '{"id":9007199254740993,"share":1.10,"tiny":1e-400,"hex":31,"text":"1"}',
        },
      },
    ],
  ]);
});

test('JSON with tabs, escapes and a script as text', () => {
  const script = '{"a": 1.50, "b": "{{ x }}"}';
  const text = `{\n\t"$schema": "x",\n\t"name": "a\\u00e9\\/b",\n\t"tasks": {"t": {"fields": {"payload_script": ${JSON.stringify(script)}}}}\n}`;
  const { name, tasks } = parseFlow(text);
  expect([name, tasks.get('t')?.fields]).toEqual(['aé/b', { payload_script: script }]);
});

const task = 'fields: { function_name: f, region: us-east-1 }';
const bomb = [
  'a: &a0 [xxxxxxxxxx]',
  ...Array.from({ length: 20 }, (_, i) => `b${i}: &a${i + 1} [${`*a${i},`.repeat(10)}]`),
];

describe('hostile and wrong texts', () => {
  test.each<readonly [string, string, RegExp]>([
    ['nothing', '', /a flow file is an object with name and tasks/],
    ['a list', '[1]', /a flow file is an object/],
    ['broken JSON', '{"name": "a",\n "tasks": }}', /^line 2, column \d+: /],
    ['broken YAML', 'name: a\ntasks: [', /^line 2, column \d+: /],
    ['a key twice', 'name: a\nname: b\ntasks: {}', /^line 2, column 1: "name" stands twice in one object/],
    ['a key twice in JSON', '{"name":"a","tasks":{"t":{"fields":{}},"t":{"fields":{}}}}', /"t" stands twice/],
    ['two documents', 'name: a\n---\nname: b', /^line 2, column 1: a second document begins/],
    ['a tag of a language', 'name: !!js/function "x"\ntasks: {}', /^line 1, column 7: unresolved tag/],
    ['binary', 'name: !!binary aGk=\ntasks: {}', /^line 1, column 16: must be text/],
    ['no anchor', 'name: *x\ntasks: {}', /the alias \*x has no anchor &x before it/],
    ['an alias in itself', 'name: a\ntasks: &x { t: *x }', /stands for an object that it is part of/],
    ['a merge in itself', 'name: a\ntasks: &x\n  <<: *x', /must not hold << itself/],
    [
      'an alias bomb',
      `name: a\ndefaults:\n  payload_script:\n    ${bomb.join('\n    ')}\ntasks: { t: { fields: {} } }`,
      /more than 32 MB/,
    ],
    ['deep nesting', `name: ${'['.repeat(100_000)}`, /nested too deep/],
    ['half a surrogate', 'name: "\ud800"', /half of a surrogate pair/],
    ['a template without quotes', 'name: {{ x.y }}\ntasks: {}', /write a template with quotes/],
    ['infinity in a script', 'name: a\ntasks: { t: { fields: { payload_script: [.inf] } } }', /\.inf has no JSON form/],
  ])('%s', (_, text, message) => {
    expect(refusal(() => parseFlow(text))[0]).toMatch(message);
  });

  test('prototypes stay what they are', () => {
    expect(refusal(() => parseFlow(`{"name":"a","__proto__":{"x":1},"tasks":{"__proto__":{"fields":{}}}}`))).toEqual([
      expect.stringContaining('__proto__: '),
      expect.stringContaining('tasks.__proto__: '),
    ]);
    const { tasks } = parseFlow(`{"name":"a","tasks":{"constructor":{"fields":{"payload_script":{"__proto__":1}}}}}`);
    expect(tasks.get('constructor')?.fields).toEqual({ payload_script: '{"__proto__":1}' });
    expect(Object.hasOwn(Object.prototype, 'x')).toBe(false);
  });

  test('a large list takes no quadratic time', () => {
    const keys = Array.from({ length: 20_000 }, (_, index) => `      k${index}: ${index}`).join('\n');
    expect(parseFlow(`name: a\ntasks:\n  t:\n    fields:\n     payload_script:\n${keys}`).tasks.size).toBe(1);
  });
});

test('all that is wrong with the structure, with its lines', () => {
  const text = `
nme: a
name: ""
tasks:
  1st: { ${task} }
  flow: { ${task} }
  a: { ${task}, need: [b], when: sometimes }
  b: { needs: [a, a], fields: 7 }
  c: [1]
  d: {}
`;
  expect(refusal(() => parseFlow(text))).toEqual([
    'nme: line 2: is not part of a flow; did you mean name?',
    'name: line 3: must be a text of 1 to 100 characters without control characters',
    expect.stringMatching(/^tasks\.1st: line 5: is no name for a task/),
    expect.stringMatching(/^tasks\.flow: line 6: is no name for a task/),
    'tasks.a.need: line 7: is not part of a task; did you mean needs?',
    'tasks.a.when: line 7: must be success, always or failure',
    'tasks.b.needs: line 8: must be a list of names of tasks, each once',
    'tasks.b.fields: line 8: must be an object of fields',
    'tasks.c: line 9: must be an object with needs, when and fields',
    'tasks.d.fields: line 10: is required',
  ]);
});

test('cycles, unknown needs, unknown paths, wrong fields and misplaced templates: all at once', () => {
  const text = `
name: a
defaults: { region: us-east-1, function_name: f }
tasks:
  extract: { fields: {} }
  a: { needs: [c], fields: {} }
  b: { needs: [a], fields: {} }
  c: { needs: [b], fields: {} }
  self: { needs: [self, extrct], fields: {} }
  far: { fields: { qualifier: "{{ extract.exit_code }}" } }
  load:
    needs: [extract]
    fields:
      max_attempts: 99
      funtion_name: x
      endpoint_url: "https://{{ extract.result.payload }}"
      credentials: { from: "env:{{ extract.result.payload }}" }
      qualifier: "{{ extract.reslt.payload }} {{ extract.result.error.name }} {{ extract.result.status_code.x }} {{ load.exit_code }}"
      tenant_id: "{{ extrct.result.payload }} {{ a b }} {{ flow.nam }}"
      payload_script: '{"n": {{ extract.exit_code }}}'
      payload_source: Script
`;
  const said = refusal(() => checkFlow(text, { path: 'flow.yaml', keys: null }));
  expect(said).toEqual([
    'tasks.a.needs: line 6: needs itself: a -> c -> b -> a; remove one of these needs',
    'tasks.self.needs: line 9: needs itself: self -> self; remove one of these needs',
    'tasks.self.needs[1]: line 9: "extrct" is not a task of this flow; did you mean extract?',
    'tasks.far.fields.qualifier: line 10: {{ extract.exit_code }}: extract may not have ended yet; add it to needs',
    'tasks.load.fields.endpoint_url: line 16: takes no template, but has {{ extract.result.payload }}; write its value',
    'tasks.load.fields.credentials: line 17: takes no template, but has {{ extract.result.payload }}; write its value',
    'tasks.load.fields.qualifier: line 18: {{ extract.reslt.payload }}: extract has no reslt; did you mean result?',
    'tasks.load.fields.qualifier: line 18: {{ extract.result.error.name }}: extract.result.error is a list; write extract.result.error[0]',
    'tasks.load.fields.qualifier: line 18: {{ extract.result.status_code.x }}: extract.result.status_code has no attributes',
    'tasks.load.fields.qualifier: line 18: {{ load.exit_code }}: a task has no output before it has run',
    'tasks.load.fields.tenant_id: line 19: {{ extrct.result.payload }}: "extrct" is not a task of this flow; did you mean extract?; for a text that stays write \\{{',
    'tasks.load.fields.tenant_id: line 19: {{ a b }} is not a path; write it as {{ task.result.payload_json.key }}',
    'tasks.load.fields.tenant_id: line 19: {{ flow.nam }}: flow has no nam; did you mean name?',
    'tasks.load.fields.payload_script: line 20: has a template outside a string; write "{{ path }}" with its quotes',
    expect.stringMatching(
      /^tasks\.load\.fields\.funtion_name: line 15: is not a field of this task; did you mean function_name\?$/,
    ),
    expect.stringMatching(/^tasks\.load\.fields\.credentials: line 17: /),
    expect.stringMatching(/^tasks\.load\.fields\.max_attempts: line 14: must be a whole number/),
    expect.stringMatching(/^tasks\.load\.fields\.endpoint_url: line 16: /),
  ]);
});

test('a long chain and a wide graph are checked without recursion', () => {
  const chain = Object.fromEntries(
    Array.from({ length: 9_999 }, (_, index) => [
      `t${index}`,
      { needs: index === 0 ? [] : [`t${index - 1}`], fields: { function_name: 'f', region: 'us-east-1' } },
    ]),
  );
  expect(checkFlow(JSON.stringify({ name: 'a', tasks: chain }), { keys: null }).tasks.size).toBe(9_999);
});

test('in a chain of 10,000 tasks each may use a value of all before it, and of none after it', () => {
  const task = (number: number, of: number) => ({
    needs: number === 0 ? [] : [`t${number - 1}`],
    fields: { function_name: 'f', region: 'eu-west-1', qualifier: `{{ t${of}.result.request_id }}` },
  });
  const chain = (change: (number: number) => number) => {
    const tasks = Array.from({ length: 10_000 }, (_, number) => [`t${number}`, task(number, change(number))]);
    const [[, first], ...rest] = tasks as [[string, object], ...[string, object][]];
    return graphViolations(
      parseFlow(
        JSON.stringify({ name: 'chain', tasks: { t0: { ...first, fields: {} }, ...Object.fromEntries(rest) } }),
      ),
    );
  };
  expect(chain((number) => (number % 2 === 0 ? 0 : number - 1))).toEqual([]);
  const wrong = chain((number) => (number === 5000 ? 5001 : 0));
  expect(wrong).toEqual([
    { field: 'tasks.t5000.fields.qualifier', message: expect.stringContaining('t5001 may not have ended yet') },
  ]);
}, 60_000);
