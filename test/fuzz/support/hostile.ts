import fc from 'fast-check';
import { framings, type RawAnswer } from './raw-server.ts';

const names = [
  ...['AccessDeniedException', 'ResourceNotFoundException', 'TooManyRequestsException', 'ThrottlingException'],
  ...[
    'ExpiredTokenException',
    'InvalidSignatureException',
    'ServiceException',
    'UnrecognizedClientException',
    'Unknown',
  ],
  ...['KMSDisabledException', 'InvalidParameterValueException', 'aws.lambda#Strange:http://x/', '__proto__', ''],
];
const text = fc.string({ unit: 'grapheme', maxLength: 30 });
/** A header's value: what Node would refuse to read is a framing of its own. */
const value = fc.string({ unit: fc.constantFrom(...'abcXYZ019 -_:;,="%{}[]/\\$#'), maxLength: 40 });
const mostly = <T>(usual: fc.Arbitrary<T>, other: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 4, arbitrary: usual }, { weight: 1, arbitrary: other });

const header: fc.Arbitrary<[string, string]> = fc.oneof(
  fc.tuple(fc.constantFrom('x-amzn-errortype', 'X-Amzn-ErrorType', 'x-amzn-query-error'), fc.constantFrom(...names)),
  fc.tuple(fc.constant('x-amz-function-error'), mostly(fc.constantFrom('Unhandled', 'Handled'), value)),
  fc.tuple(fc.constant('x-amz-log-result'), mostly(fc.base64String({ maxLength: 40 }), value)),
  fc.tuple(fc.constantFrom('x-amz-executed-version', 'x-amz-durable-execution-arn'), value),
  fc.tuple(fc.constantFrom('content-type'), fc.constantFrom('application/json', 'text/html', 'text/xml', 'x/y', '')),
  fc.tuple(fc.constant('date'), fc.constantFrom('Thu, 01 Jan 1970 00:00:00 GMT', 'yesterday', '')),
  fc.tuple(fc.constant('location'), fc.constant('http://127.0.0.1:9/')),
  fc.tuple(fc.constantFrom('content-encoding'), fc.constantFrom('gzip', 'identity', 'br')),
  fc.tuple(fc.constantFrom('set-cookie', 'x-a', 'connection', 'keep-alive', 'upgrade', 'trailer'), value),
);
const requestId: fc.Arbitrary<[string, string][]> = mostly(
  fc.constant([['x-amzn-requestid', 'request-1']] as [string, string][]),
  fc.constantFrom<[string, string][]>([], [['x-amz-request-id', 'r']], [['x-amzn-requestid', '']]),
);

const body = fc.oneof(
  fc.constantFrom('', '{}', 'null', '[]', '{"ok":true}', '<html>no</html>', '{"message":5}', '{"message":null}', '"'),
  fc.json({ maxDepth: 3 }),
  text,
  fc
    .record(
      {
        ...{ message: fc.oneof(text, fc.anything({ maxDepth: 1 })), Message: text },
        ...{ __type: fc.oneof(fc.constantFrom(...names), fc.anything({ maxDepth: 1 })), Type: text, code: text },
        ...{ Functions: fc.anything({ maxDepth: 2 }), errorType: fc.anything({ maxDepth: 1 }) },
      },
      { requiredKeys: [] },
    )
    .map((error) => JSON.stringify(error) ?? ''),
);

const status = mostly(
  fc.constantFrom(200, 200, 200, 202, 204, 400, 403, 404, 408, 409, 413, 429, 500, 502, 503, 504),
  fc.constantFrom(101, 201, 205, 206, 300, 301, 302, 304, 307, 401, 402, 405, 407, 410, 415, 418, 422, 501, 600, 999),
);

/** An answer of AWS Lambda, or of anything that is not it. */
export const rawAnswer: fc.Arbitrary<RawAnswer> = fc.record({
  status,
  headers: fc.tuple(requestId, fc.array(header, { maxLength: 4 })).map(([id, more]) => [...id, ...more]),
  body,
  framing: mostly(fc.constantFrom('length', 'chunked'), fc.constantFrom(...framings)),
  quotes: fc.boolean(),
});

export const headerOf = ({ headers }: RawAnswer, wanted: string): string | undefined =>
  headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
