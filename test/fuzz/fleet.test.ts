import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { ValidationError } from '../../extension/errors.ts';
import { RawJson } from '../../extension/hosts/fleet/flow/raw-json.ts';
import { checkFlow } from '../../extension/hosts/fleet/flow/submit.ts';
import { rendered, TemplateError } from '../../extension/hosts/fleet/flow/template.ts';
import { readData, toFields } from '../../extension/hosts/fleet/job/data.ts';
import { documentOf, readWholeOutput } from '../../extension/hosts/fleet/job/document.ts';
import { evidenceOf } from '../../extension/hosts/fleet/job/evidence.ts';
import { linesOf } from '../../extension/hosts/fleet/submit/lines.ts';
import { fuzz } from './support/fuzz.ts';
import { data, mostly, output, strange } from './support/rows.ts';
import { assertSecrecy, secret } from './support/secrets.ts';

/** What a call gives; null when it throws the fault that it may throw. */
function attempt<T>(call: () => T, Fault: typeof ValidationError | typeof TemplateError): T | null {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const said = error instanceof ValidationError ? error.violations.map(({ message }) => message) : [error.message];
    if (said.length === 0 || said.some((message) => message.length === 0)) throw new Error('a fault without a reason');
    if (said.some((message) => message.length > 2000)) throw new Error('a fault that quotes the text');
    assertSecrecy('the fault', said.join('\n'));
    return null;
  }
}

const name = mostly(
  fc.constantFrom('a', 'b', 'c', 'd'),
  fc.oneof(fc.constantFrom('flow', '__proto__', 'constructor', '', 'a b', '1', 'ä'), fc.string({ maxLength: 70 })),
);
const path = fc.constantFrom(
  ...['a.result.payload_json.x', "b['exit_code']", 'a.result.payload_json', 'flow.id', 'c', 'a.no.such', 'a..', ''],
);
const template = fc.tuple(fc.constantFrom('', ' ', 'x', '\\', '{{'), path, fc.constantFrom('', '}}', ' y'));
const templated = template.map(([before, inner, after]) => `${before}{{ ${inner} }}${after}`);
const json = fc.jsonValue({ maxDepth: 3 });
const base = { function_name: 'hello', region: 'us-east-1', credentials: { from: 'env:X' } };
const script = fc.oneof<fc.Arbitrary<unknown>[]>(
  fc.constantFrom({ x: '{{ a.result.payload_json }}' }, '"{{ flow.id }}"', null),
  json,
  mostly<unknown>(
    json,
    templated.map((text) => ({ x: text, [text]: 1 })),
  ),
);
const sound = script.map((payload_script) => ({ ...base, payload_source: 'Script', payload_script }));
const hostile = fc
  .record(
    {
      function_name: fc.oneof(templated, json),
      region: fc.constantFrom<unknown>('{{ a.result.payload }}', 7),
      payload_script: script,
      payload_file: fc.constantFrom('/tmp/x', 'x', '{{ a.result.response_file }}'),
      credentials: fc.constantFrom({ user: secret('user'), password: secret('password') }, { from: 'file:x' }),
      invocation_type: fc.constantFrom('Event', 'Request Response', '{{ a.status }}'),
    },
    { requiredKeys: [] },
  )
  .map((some) => ({ ...base, ...some }));
const fields = mostly<object>(fc.oneof<fc.Arbitrary<object>[]>(sound, fc.constant(base)), hostile);
const task = (earlier: string[]) =>
  fc.record(
    {
      needs: mostly<unknown>(fc.subarray(earlier), fc.constantFrom('a', null, ['a', 'a'], ['d'], ['e'])),
      when: mostly<unknown>(fc.constantFrom('success', 'always', 'failure'), json),
      fields: mostly<unknown>(fields, json),
    },
    { requiredKeys: ['fields'] },
  );
const tasks = fc.record(
  { a: task([]), b: task(['a']), c: task(['a', 'b']), d: task(['a', 'b', 'c']) },
  { requiredKeys: ['a', 'b', 'c'] },
);
const flowFile = fc.record(
  {
    name: mostly<unknown>(fc.constant('nightly'), json),
    defaults: mostly<unknown>(fc.constant(base), json),
    tasks: mostly<unknown>(tasks, fc.oneof(json, fc.dictionary(name, task(['a']), { maxKeys: 4 }))),
  },
  { requiredKeys: ['name', 'tasks'] },
);
const written = fc
  .tuple(mostly<unknown>(flowFile, json), fc.constantFrom('json', 'yaml', 'indented'))
  .map(([value, form]) => {
    if (form === 'yaml') return stringify(value);
    return JSON.stringify(value, null, form === 'indented' ? '  ' : undefined);
  });

fuzz('flow files', 'in process', 0.02, written, (text) => {
  const flow = attempt(() => checkFlow(text, { keys: null }), ValidationError);
  if (flow === null) return;
  const order: string[] = [];
  const isReady = ([task, { needs }]: [string, { readonly needs: readonly string[] }]) =>
    !order.includes(task) && needs.every((need) => order.includes(need));
  for (let next = [...flow.tasks].find(isReady); next !== undefined; next = [...flow.tasks].find(isReady))
    order.push(next[0]);
  if (order.length !== flow.tasks.size) throw new Error('a flow that cannot end');
  assertSecrecy('the flow', JSON.stringify([...flow.tasks]));
});

const mark = fc.constantFrom(
  '&a ',
  '*a',
  '<<: ',
  '!!binary ',
  '---\n',
  '%YAML 9\n',
  '? ',
  '{',
  ']',
  '"',
  '\t',
  '\0',
  ': ',
);
const damaged = fc
  .tuple(written, fc.array(fc.tuple(fc.nat(), mark), { minLength: 1, maxLength: 4 }))
  .map(([text, marks]) => marks.reduce((whole, [at, mark]) => insertedAt(whole, at % (whole.length + 1), mark), text));

function insertedAt(text: string, at: number, mark: string): string {
  return text.slice(0, at) + mark + text.slice(at);
}

fuzz('damaged flow files', 'in process', 0.02, damaged, (text) => {
  try {
    attempt(() => checkFlow(text, { keys: null }), ValidationError);
  } catch (error) {
    // What damage makes of a name can be printed, also a secret that has become one.
    if (!/a secret in/.test((error as Error).message)) throw error;
  }
});

const steps = fc.array(fc.constantFrom('a', 'b', '0', '1', '__proto__', 'length', '', '01'), { maxLength: 4 });
const keyed = fc.oneof(
  json,
  fc.dictionary(fc.constantFrom('a', 'b', '0', '__proto__', ''), fc.oneof(json, fc.array(json, { maxLength: 3 }))),
);

function valueAt(value: unknown, [step, ...rest]: readonly string[]): unknown {
  if (step === undefined) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value) && !/^(0|[1-9]\d*)$/.test(step)) return undefined;
  return Object.hasOwn(value, step) ? valueAt(Reflect.get(value, step), rest) : undefined;
}

const place = fc.tuple(keyed, steps, fc.constantFrom(0, 1, '\t'));
fuzz('a value in a document', 'in process', 0.02, place, ([value, at, indent]) => {
  const text = JSON.stringify(value, null, indent);
  const found = new RawJson(text).at(at);
  const wanted = valueAt(JSON.parse(text), at);
  if (!isDeepStrictEqual(found === undefined ? undefined : JSON.parse(found), wanted)) throw new Error(`${found}`);
});

/** Values as a function may answer them, also such as would be templates themselves. */
const answer = fc.oneof(json, fc.constantFrom<unknown>('{{ b }}', '"', '\\', '\u2028', '__proto__', null), templated);
const templates = fc.oneof(templated, fc.array(templated), fc.dictionary(templated, fc.oneof(templated, json)));

fuzz('templates of a flow', 'in process', 0.02, fc.tuple(templates, answer), ([value, answered]) => {
  const text = JSON.stringify(value);
  const inserted = JSON.stringify(answered) ?? 'null';
  const done = attempt(() => rendered({ payload_script: text, function_name: text }, () => inserted), TemplateError);
  if (done === null) return;
  const parsed = JSON.parse(String(done.payload_script));
  if (!isDeepStrictEqual(parsed, JSON.parse(JSON.stringify(filled(value, JSON.parse(inserted))))))
    throw new Error(String(done.payload_script));
});

/** What a template is to give, over values instead of texts. */
function filled(value: unknown, inserted: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => filled(item, inserted));
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => [filledText(key, inserted), filled(item, inserted)]);
    return Object.fromEntries(entries);
  }
  if (typeof value !== 'string') return value;
  return /^\s*\{\{[^{}]*\}\}\s*$/.test(value) ? inserted : filledText(value, inserted);
}

function filledText(text: string, inserted: unknown): string {
  const word = typeof inserted === 'string' ? inserted : JSON.stringify(inserted);
  return text.replace(/(\\?)\{\{([^{}]*)\}\}/g, (whole, backslash) => (backslash === '' ? word : whole.slice(1)));
}

const lineLimit = 12;
const bytes = fc.oneof(
  fc.constantFrom('\n', '\r\n', '{}', ' ', '\t', '\ufeff', '"é"', '\r', '\0').map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 6 }).map((array) => Buffer.from(array)),
  fc.constant(Buffer.from(`"${secret('line')}"`)),
);
const file = fc.array(fc.array(bytes, { maxLength: 5 }).map(Buffer.concat as (list: Buffer[]) => Buffer));

fuzz('lines of a batch', 'in process', 0.02, file, async (chunks) => {
  async function* read() {
    for (const chunk of chunks) yield Buffer.from(chunk);
  }
  const found: unknown[] = [];
  for await (const { number, text, fault } of linesOf(read(), lineLimit)) {
    found.push([number, text]);
    assertSecrecy('the fault', fault ?? '');
  }
  const whole = Buffer.concat(chunks).toString('latin1').split('\n');
  const wanted = whole.flatMap((line, index): unknown[] => {
    const content = Buffer.from(line, 'latin1');
    const text = content.toString('utf8');
    if (content.length > lineLimit || !Buffer.from(text).equals(content)) return [[index + 1, null]];
    const bare = (index === 0 ? text.replace(/^\ufeff/, '') : text).replace(/\r$/, '');
    return /^[ \t]*$/.test(bare) ? [] : [[index + 1, bare]];
  });
  if (!isDeepStrictEqual(found, wanted)) throw new Error(JSON.stringify({ found, wanted }));
});

fuzz(
  'rows of a queue',
  'in process',
  0.02,
  fc.tuple(fc.oneof(strange, data), fc.oneof(strange, output)),
  ([data, output]) => {
    const read = readData(data);
    if (read.kind === 'job') attempt(() => toFields(read.data, null), ValidationError);
    const { kind, ...whole } = readWholeOutput(output);
    if (kind === 'settled' && 'settled' in whole) JSON.parse(documentOf(whole.settled));
    // Whatever is there and does not say that nothing was sent means that something may have been.
    const wasReturned = kind === 'requeued' || kind === 'none';
    if (evidenceOf(output).sent === wasReturned) throw new Error(`${kind}, sent: ${!wasReturned}`);
  },
);
