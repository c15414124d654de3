import { afterEach, describe, expect, test } from '@jest/globals';
import { executeTask } from '../support/execute.ts';
import { type Script, type ScriptedServer, scriptedServer } from '../support/scripted-server.ts';

let server: ScriptedServer;
afterEach(() => server.close());

const id = '1-5759e988-bd862e3fe1be46a994272793';
const traceparent = '00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01';
const fromW3c = `Root=${id};Parent=53995c3f42cd8ad8;Sampled=1`;
const other = '1-00000000-000000000000000000000001';

async function run(script: Script, fields: object, environment: Record<string, string>) {
  server = await scriptedServer(script);
  const { output, logged } = await executeTask(server.url, fields, { environment });
  return { output, logged, sent: server.received.map(({ headers }) => headers['x-amzn-trace-id']) };
}

describe('a call is sent with', () => {
  test.each<[string, object, Record<string, string>, string]>([
    ['the field', { trace_id: id }, { traceparent: `00-${'1'.repeat(32)}-${'1'.repeat(16)}-00` }, `Root=${id}`],
    ['traceparent', {}, { traceparent, _X_AMZN_TRACE_ID: `Root=${other}` }, fromW3c],
    ['TRACEPARENT', {}, { TRACEPARENT: traceparent }, fromW3c],
    ['_X_AMZN_TRACE_ID', {}, { _X_AMZN_TRACE_ID: `Root=${id};Sampled=0` }, `Root=${id};Sampled=0`],
    ['what is sound', {}, { traceparent: 'broken\r\n', _X_AMZN_TRACE_ID: `Root=${id}` }, `Root=${id}`],
  ])('%s', async (_name, fields, environment, header) => {
    const { output, sent } = await run({ body: '{}' }, fields, environment);
    expect([output.exit_code, output.result.trace_id, sent]).toEqual([0, id, [header]]);
  });

  test.each([
    ['Request Response', 200],
    ['Event', 202],
    ['Dry Run', 204],
  ])('one of its own: %s', async (type, status) => {
    const { output, sent, logged } = await run({ status, body: '' }, { invocation_type: type }, {});
    expect(output.result.trace_id).toMatch(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/);
    expect(sent).toEqual([`Root=${output.result.trace_id}`]);
    const named = logged.findIndex((line) => line.includes(output.result.trace_id));
    expect(named).toBeGreaterThanOrEqual(0);
    expect(named).toBeLessThan(logged.findIndex((line) => line.includes('sending the request')));
  });
});

test('a call whose answer is lost has its trace in the result', async () => {
  const { output } = await run({ fault: 'reset' }, { trace_id: id }, {});
  expect(output.result).toMatchObject({ execution: 'unknown', trace_id: id, request_id: null });
});

test('a text that is no trace is refused', async () => {
  const { output, sent } = await run({}, { trace_id: 'x' }, {});
  expect(output).toMatchObject({ exit_code: 20, result: { error: [{ field: 'trace_id' }], trace_id: null } });
  expect(sent).toEqual([]);
});

test('List Functions makes no trace', async () => {
  const { output } = await run({ body: '{"Functions":[]}' }, { action: 'List Functions', function_name: null }, {});
  expect([output.exit_code, output.result.trace_id]).toEqual([0, null]);
});
