import fc from 'fast-check';

export const mostly = <T>(usual: fc.Arbitrary<T>, other: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 24, arbitrary: usual }, { weight: 1, arbitrary: other });

/** What somebody else could have put into a column. */
export const strange = fc.jsonValue({ maxDepth: 3 });

const text = fc.oneof(fc.constantFrom('', '{}', 'null', '{"a":1}', 'x'), fc.string({ maxLength: 20 }));
const id = fc.oneof(fc.uuid(), text);
const or = (usual: fc.Arbitrary<unknown>) => mostly(usual, strange);

/** Data of a job that is nearly ours. */
export const data = fc.record(
  {
    form: or(fc.constant(1)),
    fields: or(text),
    sealed: or(text),
    function: or(fc.constant(null)),
    group: or(id),
    label: or(fc.constant(null)),
    flow: or(
      fc.record({ name: text, when: fc.constantFrom('always', 'never'), needs: fc.dictionary(text, fc.uuid()) }),
    ),
    repeats: or(id),
    submits: or(text),
  },
  { requiredKeys: ['form', 'fields', 'function', 'group', 'label'] },
);

const ending = fc.constantFrom('"payload_json": "=payload"\n  }\n}\n', '"payload_json": null\n  }\n}\n', '');
const settled = fc.record({
  exit_code: or(fc.constantFrom(0, 1, 21)),
  execution: or(fc.constantFrom('unknown', 'completed')),
  status: or(fc.constantFrom('SUCCESS', 'FAIL')),
  description: or(text),
  duration: or(fc.nat()),
  document: fc
    .tuple(fc.constantFrom('{\n  "result": {\n    ', '{', ''), fc.option(strange), ending)
    .map(([start, payload, end]) => `${start}"payload": ${JSON.stringify(JSON.stringify(payload))},\n    ${end}`),
});
const marker = fc.record(
  { sending: strange, ended: strange, requeued: strange, resume: strange },
  { requiredKeys: [] },
);

/** An output of a job that is nearly ours. */
export const output = fc.oneof<fc.Arbitrary<unknown>[]>(settled, marker);
