import fc from 'fast-check';
import { parseDocument } from '../../extension/task/document.ts';
import { type FieldFacts, fieldTable } from '../../extension/task/fields.gen.ts';
import { fuzz } from './support/fuzz.ts';
import { pretend } from './support/pretended.ts';
import { secret } from './support/secrets.ts';

const json = fc.jsonValue({ maxDepth: 3, noneStringUnit: 'grapheme' } as object);

/** Any way to write a choice: case, blanks, `_`, `-`, a list of one. */
const spelled = (choice: string) =>
  fc.tuple(fc.constantFrom('', ' ', '_', '-'), fc.boolean(), fc.boolean()).map(([joint, upper, listed]) => {
    const text = choice.replaceAll(' ', joint);
    const word = upper ? text.toUpperCase() : text.toLowerCase();
    return listed ? [word] : word;
  });

const credential = (name: string) =>
  fc.constantFrom<unknown>(
    { user: secret(`${name}-user`), password: secret(`${name}-password`), token: secret(`${name}-token`) },
    { user: secret(`${name}-user`), password: secret(`${name}-password`) },
    { password: secret(`${name}-half`) },
    { user: [secret(`${name}-list`)] },
    [secret(`${name}-bare`)],
    secret(`${name}-text`),
    { from: 'env:PREFIX' },
    { from: secret(`${name}-from`) },
    { user: secret('a'), password: secret('b'), extra: secret('c') },
  );

const script = fc.constantFrom<unknown>(
  JSON.stringify({ note: secret('payload') }),
  { note: secret('payload'), deep: [[{ pin: secret('pin') }]] },
  [secret('payload')],
  `${secret('payload')} is no JSON`,
  `{"note": "${secret('payload')}`,
  '',
  null,
);

/** What a field could hold: something that fits its kind, or anything at all. */
function contentOf(name: string, { kind, choices = [] }: FieldFacts): fc.Arbitrary<unknown> {
  switch (kind) {
    case 'choice':
      return fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...choices).chain(spelled) }, json);
    case 'boolean':
      return fc.oneof({ weight: 6, arbitrary: fc.constantFrom<unknown>(true, false, 'true', 'FALSE', ' true ') }, json);
    case 'integer':
      return fc.oneof(
        { weight: 6, arbitrary: fc.integer({ min: -1, max: 3000 }).map((n) => (n % 2 ? n : `${n}`)) },
        json,
      );
    case 'credential':
      return credential(name); // a value that is none of these is no secret
    case 'script':
      return script;
    case 'text':
      return fc.oneof({ weight: 3, arbitrary: texts }, fc.string({ unit: 'binary', maxLength: 80 }), json);
  }
}

const texts = fc.constantFrom<unknown>(
  ...['hello', 'hello:PROD', 'arn:aws:lambda:us-east-1:123456789012:function:hello:7', '$LATEST', 'us-east-1', '..'],
  ...['http://127.0.0.1:9', 'https://x.example.com/', 'http://[::1]:9', 'http://127.0.0.1:9,https://127.0.0.1:8'],
  ...['arn:aws:iam::123456789012:role/x', '/tmp/x', 'name-1', '\u2028', '', ['x'], 7],
);

const asked = fc.record(
  Object.fromEntries(Object.entries(fieldTable).map(([name, facts]) => [name, contentOf(name, facts)])),
  { requiredKeys: [] },
);
/** Fields that are not ours, and values under them that could be secrets. */
const strange = fc.dictionary(
  fc.oneof(
    fc.string({ maxLength: 20 }),
    fc.constantFrom('$schema', '__proto__', 'constructor', 'credentials.user', 'credentials_password', 'qualifer'),
  ),
  fc.constant(secret('strange')),
  { maxKeys: 3 },
);
const base = { function_name: 'hello', region: 'us-east-1' };
const sound = fc.tuple(fc.constantFrom({}, base), asked, fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, strange));
/** Most inputs have few fields, since one fault is enough to end a task. */
const fields = sound.chain(([start, all, more]) =>
  fc.shuffledSubarray(Object.keys(all), { maxLength: 6 }).map((names) => ({
    ...start,
    ...Object.fromEntries(names.map((name) => [name, all[name]])),
    ...more,
  })),
);

fuzz('fields', 'in process', 0.23, fields, async (raw) => {
  const { output, invoked } = await pretend(raw);
  const { execution } = output.result;
  if (invoked > 1) throw new Error(`${invoked} invokes`);
  if (invoked === 0 && execution !== 'not_started') throw new Error(`${execution}, and nothing was invoked`);
  if (output.exit_code === 20 && invoked > 0) throw new Error('not valid, and invoked');
});

fuzz('any JSON', 'in process', 0.1, fc.anything({ maxDepth: 4, withNullPrototype: true }), async (raw) => {
  const { output, invoked } = await pretend(raw);
  if (output.exit_code !== 20 || invoked > 0) throw new Error(`exit ${output.exit_code}`);
});

/** A document with some of its characters changed. */
const damaged = fc
  .tuple(
    fields,
    fc.array(fc.tuple(fc.nat(), fc.constantFrom('"', '{', ']', ',', '\\', '\0', '\ud800', '')), { maxLength: 3 }),
  )
  .map(([raw, changes]) => {
    const characters = [...JSON.stringify(raw)];
    for (const [at, character] of changes) characters[at % characters.length] = character;
    return characters.join('');
  });

fuzz('a document of fields', 'in process', 0.1, damaged, async (text) => {
  const parsed = parseDocument(text);
  if ('fault' in parsed) {
    if (parsed.fault.length > 200) throw new Error('a fault that quotes the text');
    return;
  }
  // What damage makes of a name can be printed, also a secret that has become one.
  if (Object.keys(Object(parsed.value)).some((key) => key.includes('S3CR3T'))) return;
  await pretend(parsed.value).catch((error: Error) => {
    if (!/a secret in/.test(error.message)) throw error;
  });
});
