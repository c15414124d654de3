import * as lambda from '@aws-sdk/client-lambda';
import { describe, expect, test } from '@jest/globals';
import { awsErrors, causeOf } from '../../extension/outcome/aws-errors.ts';

/** Errors of the SDK's own model of Lambda, by name, with their status. */
const modelled = new Map(
  Object.entries(lambda).flatMap(([key, schema]): [string, number | undefined][] => {
    if (!key.endsWith('Exception$') || !Array.isArray(schema)) return [];
    const [, , name, traits] = schema as unknown as [number, string, string, { httpError?: number }];
    return [[name, typeof traits === 'object' ? traits.httpError : undefined]];
  }),
);

/** Errors that the model of Lambda does not list: of signatures and permissions, of STS, and of our own search for keys. */
const common: Readonly<Record<string, number | null>> = {
  ...{ AccessDenied: 403, AccessDeniedException: 403, ExpiredToken: 403, ExpiredTokenException: 403 },
  ...{ IncompleteSignatureException: 403, InvalidClientTokenId: 403, InvalidSignatureException: 403 },
  ...{ MissingAuthenticationTokenException: 403, SignatureDoesNotMatch: 403, ThrottlingException: 429 },
  ...{ UnrecognizedClientException: 403, CredentialsProviderError: null },
};

test('the model of the SDK is read', () => {
  expect(modelled.get('ENILimitReachedException')).toBe(502);
  expect(modelled.size).toBeGreaterThan(30);
});

describe.each(Object.entries(awsErrors))('%s', (name, row) => {
  test('has the status of AWS', () => {
    expect(row.httpStatus).toBe(name in common ? common[name] : modelled.get(name));
  });

  test('says why, and what to do', () => {
    const { cause, remedy } = causeOf(name, 'lambda:InvokeFunction') ?? {};
    for (const text of [cause, remedy]) expect(text).toMatch(/^[A-Z][^@]{3,}[^.@]$/);
  });
});

test('a missing permission is named', () => {
  expect(causeOf('AccessDeniedException', 'lambda:ListFunctions')).toEqual({
    cause: 'The IAM policy is missing lambda:ListFunctions',
    remedy: 'Add lambda:ListFunctions to the policy of the user or role whose credentials are used',
  });
});

test.each(['', 'Unknown', 'constructor', 'toString', '__proto__'])('%j says nothing', (name) => {
  expect(causeOf(name, 'lambda:InvokeFunction')).toBeNull();
});
