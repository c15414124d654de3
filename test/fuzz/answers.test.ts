import fc from 'fast-check';
import { lineKinds } from '../../extension/actions/trigger-lambda-function/log-lines.ts';
import { parseReport } from '../../extension/actions/trigger-lambda-function/report.ts';
import { decodeTailLog } from '../../extension/actions/trigger-lambda-function/tail-log.ts';
import { fuzz } from './support/fuzz.ts';
import { plainAnswer, pretend } from './support/pretended.ts';

const text = fc.string({ unit: 'binary', maxLength: 200 });
const json = fc.json({ maxDepth: 4 });

/** Lines that look as those of AWS Lambda do, or as a function could write them. */
const record = fc.record({ metrics: fc.anything({ maxDepth: 2 }), tracing: fc.anything({ maxDepth: 2 }) });
const line = fc.oneof(
  text,
  json,
  fc.constantFrom('START RequestId: 1 Version: 7', 'END RequestId: 1', '{"logGroup":5,"logStreamName":"x"}'),
  fc.double().map((n) => `REPORT RequestId: 1\tDuration: ${n} ms\tBilled Duration: ${n} ms\tXRAY TraceId: \u0000`),
  record.map((value) => JSON.stringify({ time: 't', type: 'platform.report', record: value }) ?? ''),
  fc.anything({ maxDepth: 3 }).map((value) => `{"type":"platform.report","record":${JSON.stringify(value) ?? 'null'}}`),
);
const log = fc.array(line, { maxLength: 5 }).map((lines) => lines.join('\n'));
const header = fc.oneof(
  log.map((lines) => Buffer.from(lines).subarray(-4096).toString('base64')),
  log.map((lines) => Buffer.from(lines).subarray(1).toString('base64')),
  fc.string({ maxLength: 40 }),
  fc.base64String({ maxLength: 60 }),
);

fuzz('tail logs and their reports', 'in process', 0.1, header, (value) => {
  const tail = decodeTailLog(value);
  if (tail.text !== null) parseReport(tail.text);
});

fuzz('lines of a whole log', 'in process', 0.05, fc.tuple(line, fc.boolean()), ([message, isJson]) => {
  const kind = lineKinds('request-1', isJson)(message);
  if (!['start', 'report', 'ours', 'another', 'plain'].includes(kind)) throw new Error(kind);
});

const payload = fc.oneof(
  fc.constant(null),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => [...bytes]),
  json.map((value) => [...Buffer.from(value)]),
  fc
    .record({ errorType: fc.anything({ maxDepth: 1 }), errorMessage: fc.oneof(text, fc.anything({ maxDepth: 1 })) })
    .map((error) => [...Buffer.from(JSON.stringify(error))]),
);
const answer = fc.record({
  payload,
  logResult: fc.option(header),
  functionError: fc.option(fc.oneof(fc.constantFrom('Unhandled', 'Handled'), text)),
  errorDetails: fc.option(text),
  executedVersion: fc.option(text),
  durableExecutionArn: fc.option(text),
  requestId: fc.option(text),
  tooLarge: fc.boolean(),
});
const task = fc.record({
  log_type: fc.constantFrom('None', 'Tail', 'Full'),
  response_mode: fc.constantFrom('Buffered', 'Streamed'),
  fail_on_function_error: fc.boolean(),
  response_file: fc.constantFrom(null, '/tmp/x'),
});

fuzz('answers of a function', 'in process', 0.2, fc.tuple(answer, task), async ([given, over]) => {
  const bytes = given.payload === null ? null : Uint8Array.from(given.payload);
  const raw = { function_name: 'hello', region: 'us-east-1', ...over };
  const { output, invoked } = await pretend(raw, { ...plainAnswer, ...given, payload: bytes });
  if (invoked !== 1 || output.result.execution !== 'completed') throw new Error(output.result.execution);
  if (![0, 1].includes(output.exit_code)) throw new Error(`exit ${output.exit_code}`);
});
