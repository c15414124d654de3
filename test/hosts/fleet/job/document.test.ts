import { describe, expect, test } from '@jest/globals';
import { documentOf, readOutput, readWholeOutput, toSettled } from '../../../../extension/hosts/fleet/job/document.ts';
import type { InvokeResult } from '../../../../extension/outcome/answer.ts';
import { toFailure, unknownOutcome } from '../../../../extension/outcome/failure.ts';
import type { Outcome } from '../../../../extension/outcome/outcome.ts';
import { statuses } from '../../../../extension/outcome/status.ts';
import { toOutput } from '../../../../extension/output.ts';
import { random } from '../../../support/random.ts';
import { assertValid } from '../../../support/schemas.ts';

const nul = String.fromCharCode(0);
const pieces = [
  ...[
    '',
    'a',
    nul,
    '\ud800',
    '\udc00',
    '😀',
    '\u2028',
    '\\',
    '"',
    '\n',
    '$&',
    "$'",
    '=payload',
    '"payload_json": null',
  ],
  ...['"payload_json": "=payload"\n  }\n}\n', '{"a":1,"a":2}', '12345678901234567890.000', '1e999', '{{ x }}', 'é'],
];
const payloads = [
  '{"a":1,"a":2}',
  ' [1e400, -0.0, 123456789012345678901234567890] ',
  '"\\u0000\\ud800"',
  'null',
  '""',
  '7',
];

function outcomes(chance: ReturnType<typeof random>): Outcome {
  const text = () => Array.from({ length: chance.number(4) }, () => chance.of(pieces)).join('');
  const json = chance.number(2) === 0;
  const payload = chance.of([
    null,
    { kind: 'text', text: json ? chance.of(payloads) : text(), json: json ? { value: 1 } : null },
    { kind: 'saved', path: text(), bytes: 7, sha256: 'ab', isJson: true },
  ] as const);
  const answer: InvokeResult = {
    ...{ kind: 'invoke', statusCode: 200, payload, log: chance.of([null, text()]), report: null },
    ...{ executedVersion: text(), functionError: chance.of([null, text()]), durableExecutionArn: null },
  };
  return {
    status: chance.of(Object.keys(statuses) as (keyof typeof statuses)[]),
    ...{ detail: text(), execution: chance.of(['not_started', 'accepted', 'completed', 'unknown'] as const) },
    ...{ attempts: chance.number(3), requestId: chance.of([null, text()]), answer: chance.of([null, answer]) },
    errors: chance.of([null, [{ name: text(), message: text() }]]),
    fields: chance.of([null, { function_name: text(), payload_script: text() }]),
  };
}

test('a random outcome comes back byte for byte, with its payload stored once', () => {
  const chance = random();
  for (let round = 0; round < 2000; round += 1) {
    const outcome = outcomes(chance);
    const raw = chance.of([null, { function_name: 'order', region: 'eu-west-1' }]);
    const settled = toSettled(raw, outcome, round);
    // What goes to PostgreSQL is JSON of it, which jsonb takes only without U+0000 and lone surrogates.
    const wire = JSON.stringify(settled);
    expect(/\\u0000|\\u[dD][89a-fA-F]/.test(wire.replaceAll('\\\\', ''))).toBe(false);
    const back = readOutput(JSON.parse(wire));
    expect(readWholeOutput(JSON.parse(wire)).kind).toBe('settled');
    if (back.kind !== 'settled') throw new Error(`${back.kind}: ${wire}`);
    expect(documentOf(back.settled)).toBe(toOutput(raw, outcome));
    expect(() => JSON.parse(settled.document)).not.toThrow();
  }
});

test('a payload of 6 MB is stored once', () => {
  const text = JSON.stringify('x'.repeat(6 * 2 ** 20));
  const payload = { kind: 'text', text, json: { value: 'x' } } as const;
  const settled = toSettled(null, { ...outcomes(random(1)), answer: { ...answer, payload } }, 1);
  expect(settled.document.length).toBeLessThan(text.length + 5000);
  expect(documentOf(settled)).toHaveLength(settled.document.length + text.length - '"=payload"'.length);
});

const answer: InvokeResult = {
  ...{ kind: 'invoke', statusCode: 200, payload: null, log: null, report: null, executedVersion: '1' },
  ...{ functionError: null, durableExecutionArn: null },
};

test('what is too large for the database is left out, and the document says so', () => {
  const payload = { kind: 'text', text: nul.repeat(17 * 2 ** 20), json: null } as const;
  const success: Outcome = {
    ...{ status: 'SUCCESS', detail: 'done', execution: 'completed', attempts: 1, requestId: 'r', errors: null },
    ...{ fields: null, answer: { ...answer, payload } },
  };
  const settled = toSettled({}, success, 1);
  expect(settled).toMatchObject({ exit_code: 1, execution: 'completed', status: 'FAIL' });
  expect(settled.description).toContain('give response_file');
  const document = JSON.parse(documentOf(settled));
  assertValid('extension-output', document);
  expect(document.result).toMatchObject({ payload: null, request_id: 'r', executed_version: '1' });
});

test('a description is one line, bounded, and free of what a terminal would obey', () => {
  const failure = toFailure(new Error(`\u001b[31m${nul}${'😀'.repeat(600)}`));
  const { description } = toSettled(null, failure, -1);
  expect(description.length).toBeLessThanOrEqual(501);
  expect(description).toMatch(/^FAIL: Error: unexpected: \\u001b\[31m\\u0000/);
  expect(description.isWellFormed()).toBe(true);
});

test('an outcome of a dead worker is a complete document', () => {
  const settled = toSettled({ function_name: 'order' }, unknownOutcome('The worker died'), 12.6);
  expect(settled).toMatchObject({ exit_code: 1, execution: 'unknown', duration: 13 });
  assertValid('extension-output', JSON.parse(documentOf(settled)));
});

describe('an output that is not ours', () => {
  const good = toSettled(null, unknownOutcome('x'), 1);
  test.each([
    ['nothing', null, 'none'],
    ['a marker', { sending: 'n' }, 'marker'],
    ['the engine', { value: { message: 'job heartbeat timeout' } }, 'foreign'],
    ['a text', 'done', 'foreign'],
    ['a list', [good], 'foreign'],
    ['a form without exit code', { ...good, exit_code: '1' }, 'foreign'],
    ['an exit code that would end a process with 0', { ...good, exit_code: 256 }, 'foreign'],
    ['an exit code that is none', { ...good, exit_code: 1e300 }, 'foreign'],
    ['a negative exit code', { ...good, exit_code: -1 }, 'foreign'],
    ['an execution that is none', { ...good, execution: 'toString' }, 'foreign'],
    ['a document cut off', { ...good, document: good.document.slice(0, -10) }, 'foreign'],
    ['our own', good, 'settled'],
  ])('%s', (_name, value, kind) => {
    expect(readOutput(value).kind).toBe(kind);
  });

  const end = (payload: string) => `\n    "payload_json": ${payload}\n  }\n}\n`;
  test.each([
    ['no JSON', `x${end('"=payload"')}`],
    ['two texts', `{}${end('null')}`],
    ['no result', `{"result":null,"x":{${end('null')}`],
    ['no payload that stands twice', `{"result":{${end('"=payload"')}`],
  ])('a document with %s', (_name, document) => {
    const damaged = { ...good, document };
    expect([readOutput(damaged).kind, readWholeOutput(damaged).kind]).toEqual(['settled', 'foreign']);
  });
});
