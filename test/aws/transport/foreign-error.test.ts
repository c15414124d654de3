import { describe, expect, test } from '@jest/globals';
import { AnswerError } from '../../../extension/aws/transport/answer-error.ts';
import { codeOf, isMarked, refusalOf, requestIdOf } from '../../../extension/aws/transport/foreign-error.ts';
import type { AnswerHead } from '../../../extension/aws/transport/progress.ts';
import type { Refusal } from '../../../extension/outcome/call-failure.ts';

const answer = (statusCode: number, headers: Record<string, string> = {}): AnswerHead => ({ statusCode, headers });
const named = (name: string) => Object.assign(new Error('no'), { name });

/** An error with a code so many causes below it. */
function deep(depth: number): object {
  return depth === 0 ? { code: 'EDEEP' } : { cause: deep(depth - 1) };
}

describe('the code of an error', () => {
  test.each<[unknown, string | null]>([
    [{ code: 'ECONNRESET', cause: { code: 'EOTHER' } }, 'ECONNRESET'],
    [{ code: '', cause: { code: 'EOTHER' } }, 'EOTHER'],
    [{ code: 7 }, null],
    [{ cause: null, errors: [{ code: 'EFIRST' }, { code: 'ESECOND' }] }, 'EFIRST'],
    [{ cause: { code: 'ECAUSE' }, errors: [{ code: 'EFIRST' }] }, 'ECAUSE'],
    [{ errors: 'none' }, null],
    [{ errors: { 0: { code: 'ENOLIST' } } }, null],
    [{}, null],
    ['text', null],
    [null, null],
    [undefined, null],
    [deep(5), 'EDEEP'],
    [deep(6), null],
  ])('%j: %s', (error, code) => {
    expect(codeOf(error)).toBe(code);
  });

  test('is looked for in errors no deeper than in causes', () => {
    const nested = (depth: number): object => (depth === 0 ? { code: 'EDEEP' } : { errors: [nested(depth - 1)] });
    expect([codeOf(nested(5)), codeOf(nested(6))]).toEqual(['EDEEP', null]);
  });

  test('is found in no circle', () => {
    const error: { cause?: unknown } = {};
    error.cause = error;
    expect(codeOf(error)).toBeNull();
  });
});

describe('what is no refusal', () => {
  test.each<[unknown, AnswerHead | null]>([
    [new AnswerError('X', 'no', true), null],
    [named('X'), answer(200)],
    [named('X'), answer(299)],
  ])('%s', (error, head) => {
    expect(refusalOf(error, head)).toBeNull();
  });
});

const mark = { 'x-amzn-requestid': 'r' };
const usual: Refusal = {
  ...{ httpStatus: 400, fromAws: true, name: 'X', retryAfterSeconds: null, clockSkewed: false },
};

describe('a refusal', () => {
  const own = (fromAws = true, wait: number | null = null) => new AnswerError('X', 'no', fromAws, wait);
  test.each<[string, unknown, AnswerHead, Partial<Refusal>]>([
    ['of AWS', own(), answer(400), {}],
    ['with a status of success', own(), answer(200), { httpStatus: 200, fromAws: false }],
    ['with a redirect', own(), answer(399), { httpStatus: 399, fromAws: false }],
    ['of a proxy on the way', own(), answer(407, mark), { httpStatus: 407, fromAws: false }],
    ['of a stranger', own(false), answer(400, mark), { fromAws: false }],
    ['that asks to wait, in its body', own(true, 7), answer(400), { retryAfterSeconds: 7 }],
    ['that asks to wait, in a header', own(true, 7), answer(400, { 'retry-after': '8' }), { retryAfterSeconds: 8 }],
    ['that asks not to wait', own(), answer(400, { 'retry-after': '0' }), { retryAfterSeconds: 0 }],
    ['that asks for a wait in the past', own(), answer(400, { 'retry-after': '-1' }), {}],
    ['that asks for a date', own(), answer(400, { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }), {}],
    ['that asks for ever', own(), answer(400, { 'retry-after': 'Infinity' }), {}],

    ['of the SDK, with a mark', named('X'), answer(400, mark), {}],
    ['of the SDK, without a mark', named('X'), answer(400), { fromAws: false }],
    ['of the SDK, just below success', named('X'), answer(199, mark), { httpStatus: 199, fromAws: false }],
    ['of the SDK, just above success', named('X'), answer(300, mark), { httpStatus: 300, fromAws: false }],
    [
      'of the SDK, that is no answer of AWS',
      new SyntaxError('x'),
      answer(400, mark),
      { fromAws: false, name: 'Unknown' },
    ],
    ['that is no error', 'text', answer(400, mark), { name: 'Unknown' }],
    ...['Error', 'Unknown', 'UnknownError', 'SyntaxError'].map(
      (name): [string, unknown, AnswerHead, Partial<Refusal>] => [
        ...([`of the SDK, named ${name}`, named(name), answer(400, mark), { name: 'Unknown' }] as const),
      ],
    ),
  ])('%s', (_name, error, head, expected) => {
    expect(refusalOf(error, head)).toEqual({ ...usual, ...expected });
  });

  test.each([
    [0, false],
    [290, false],
    [-290, false],
    [310, true],
    [-310, true],
  ])('with a clock that is %i seconds off', (seconds, clockSkewed) => {
    const date = new Date(Date.now() + seconds * 1000).toUTCString();
    expect(refusalOf(own(), answer(400, { date }))).toEqual({ ...usual, clockSkewed });
  });

  test('with a date that is none', () => {
    expect(refusalOf(own(), answer(400, { date: 'today' }))).toEqual(usual);
  });
});

test.each<[Record<string, string>, boolean, string | null]>([
  [{ 'x-amzn-requestid': 'r' }, true, 'r'],
  [{ 'x-amz-request-id': 's' }, true, 's'],
  [{ 'x-amz-request-id': 's', 'x-amzn-requestid': 'r' }, true, 'r'],
  [{ 'x-amzn-errortype': 'X' }, true, null],
  [{ server: 'nginx' }, false, null],
])('the marks of AWS: %j', (headers, marked, id) => {
  expect(isMarked(answer(200, headers))).toBe(marked);
  expect(requestIdOf(answer(200, headers))).toBe(id);
});
