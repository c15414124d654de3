import { describe, expect, test } from '@jest/globals';
import { payloadFault } from '../../extension/task/sizes.ts';
import { faultsOf } from './support/tasks.ts';

const megabyte = 1024 * 1024;
const text = (bytes: number) => `"${'x'.repeat(bytes - 2)}"`;
const arn = 'arn:aws:lambda:eu-west-1:123456789012:function:f:7';
const callback = { action: 'Send Callback', callback_id: 'abc', function_name: undefined };
const waited = { wait_for_durable_execution: true, qualifier: '7' };
const needed =
  'is required with wait_for_durable_execution: AWS Lambda starts durable executions of a version, an alias or $LATEST';
const trace = 'must be 1-8 hexadecimal digits-24 hexadecimal digits, an X-Amzn-Trace-Id header, or a traceparent';
const twice = 'conflicts with the one inside function_name; give it in one place only';
const queued = 'works only with an answer, and Event has none; leave it out';

/** Fields over a function's name, and everything that is wrong with them. */
const rows: readonly [object, readonly string[]][] = [
  [{}, []],
  [{ function_name: 'f:7', qualifier: '7' }, []],
  [{ function_name: 'f', qualifier: '8' }, []],
  [{ function_name: 'f:7', qualifier: '8' }, [`qualifier: ${twice}`]],
  [{ function_name: arn, region: 'eu-west-1' }, []],
  [
    { function_name: arn, region: 'us-east-1' },
    ['region: contradicts the region of the ARN in function_name, eu-west-1'],
  ],
  [{ function_name: arn, region: 'us-east-1', endpoint_url: 'http://127.0.0.1:9' }, []],
  [
    { function_name: 'a b' },
    [
      'function_name: must be the name of a function, name:alias, a partial ARN or a full ARN, such as my-function:PROD',
    ],
  ],

  [{ log_type: 'Tail' }, []],
  [{ log_type: 'None', invocation_type: 'Event' }, []],
  ...['Event', 'Dry Run'].flatMap((invocation_type) =>
    ['Tail', 'Full'].map((log_type): [object, string[]] => [
      { log_type, invocation_type },
      [`log_type: ${log_type} works only with invocation_type Request Response; set None`],
    ]),
  ),
  [{ ...waited, log_type: 'Full', invocation_type: 'Event' }, []],
  [{ log_type: 'Full', log_file: '/l', response_file: '/r' }, []],
  [{ log_type: 'Full', log_file: '/l', response_file: '/l' }, ['log_file: must be another file than response_file']],
  [{ log_file: '/l' }, ['log_file: works only with log_type Full; set that']],
  [{ log_file: '/l', log_type: 'Tail', response_file: '/l' }, ['log_file: works only with log_type Full; set that']],

  [{ trace_id: '1-5759e988-bd862e3fe1be46a994272793' }, []],
  [{ trace_id: 'x' }, [`trace_id: ${trace}`]],

  [{ response_mode: 'Streamed' }, []],
  [{ response_mode: 'Streamed', invocation_type: 'Dry Run' }, []],
  [{ response_mode: 'Buffered', invocation_type: 'Event' }, []],
  [
    { response_mode: 'Streamed', invocation_type: 'Event' },
    ['response_mode: Streamed works only with an answer, and Event has none'],
  ],
  ...[{ durable_execution_name: 'one', qualifier: '1' }, waited].map((more): [object, string[]] => [
    { response_mode: 'Streamed', ...more },
    ['response_mode: Streamed cannot start a durable execution; set Buffered'],
  ]),

  [{ response_file: '/r' }, []],
  [{ response_file: '/r', invocation_type: 'Event' }, [`response_file: ${queued}`]],
  [{ ...waited, response_file: '/r', invocation_type: 'Event' }, []],

  [
    { endpoint_url: 'ftp://h', sts_endpoint_url: 'localhost' },
    [expect.stringMatching(/^endpoint_url: ./), expect.stringMatching(/^sts_endpoint_url: ./)] as unknown as string[],
  ],

  [{ use_proxy: true, proxy: 'ftp://h:1' }, [expect.stringMatching(/^proxy: ./)] as unknown as string[]],
  [{ use_proxy: false, proxy: 'ftp://h:1' }, []],

  [{ payload_script: '{' }, []],
  [{ payload_source: 'Script', payload_script: '{' }, ['payload_script: must be valid JSON, but ends too early']],
  [{ payload_source: 'Script', payload_script: text(6 * megabyte) }, []],
  [
    { payload_source: 'Script', payload_script: text(6 * megabyte + 1) },
    ['payload_script: has 6,291,457 bytes; AWS Lambda takes at most 6,291,456 with Request Response'],
  ],
  [
    { payload_source: 'Script', payload_script: text(6 * megabyte + 1), invocation_type: 'Dry Run' },
    ['payload_script: has 6,291,457 bytes; AWS Lambda takes at most 6,291,456 with Dry Run'],
  ],
  [{ payload_source: 'Script', payload_script: text(megabyte), invocation_type: 'Event' }, []],
  [
    { ...waited, payload_source: 'Script', payload_script: text(megabyte + 1) },
    ['payload_script: has 1,048,577 bytes; AWS Lambda takes at most 1,048,576 with Event'],
  ],

  [{ client_context_script: '{' }, []],
  [
    { client_context_source: 'Script', client_context_script: '{' },
    ['client_context_script: must be valid JSON, but ends too early'],
  ],
  // 2,685 bytes are 3,580 of base64, the next byte makes it 3,584.
  [{ client_context_source: 'Script', client_context_script: text(2685) }, []],
  [
    { client_context_source: 'Script', client_context_script: text(2686) },
    ['client_context_script: has 3,584 bytes when base64-encoded; AWS Lambda takes at most 3,583'],
  ],

  [waited, []],
  [{ wait_for_durable_execution: true, function_name: 'f:7' }, []],
  [{ wait_for_durable_execution: true }, [`qualifier: ${needed}`]],
  [
    { wait_for_durable_execution: true, function_name: undefined },
    ['function_name: is required when action is Trigger Lambda Function', `qualifier: ${needed}`],
  ],
  [{ wait_for_durable_execution: true, action: 'Test Connection' }, []],
  [{ ...waited, invocation_type: 'Dry Run' }, ['invocation_type: Dry Run starts nothing to wait for']],
  [{ ...waited, log_type: 'Tail' }, ['log_type: Tail is not in the answer to a durable execution; set None']],

  [{ ...callback, callback_result: 'Success', callback_payload: text(megabyte) }, []],
  [
    { ...callback, callback_result: 'Success', callback_payload: text(megabyte + 1) },
    ['callback_payload: has 1,048,577 bytes; AWS Lambda takes at most 1,048,576'],
  ],
  [
    { ...callback, callback_result: 'Failure', callback_payload: text(megabyte - 1), callback_error_message: 'no' },
    ['callback_payload: has 1,048,577 bytes; AWS Lambda takes at most 1,048,576'],
  ],
  [{ ...callback, callback_result: 'Heartbeat' }, []],
  [
    { ...callback, callback_result: 'Heartbeat', callback_payload: '1' },
    ['callback_payload: a Heartbeat has no payload'],
  ],
  [{ ...callback, callback_result: 'Failure', callback_error_type: 'T', callback_error_message: 'M' }, []],
  [
    { ...callback, callback_result: 'Success', callback_error_type: 'T', callback_error_message: 'M' },
    [
      'callback_error_type: goes with callback_result Failure',
      'callback_error_message: goes with callback_result Failure',
    ],
  ],
  [{ callback_result: 'Heartbeat', callback_payload: '1' }, []],
];

test.each(rows.map(([fields, faults]) => [JSON.stringify(fields).slice(0, 150), fields, faults] as const))(
  '%s',
  async (_name, fields, faults) => {
    const given = Object.entries({ function_name: 'f', ...fields }).filter(([, value]) => value !== undefined);
    expect(await faultsOf(Object.fromEntries(given))).toEqual(faults);
  },
);

describe('a payload without a type', () => {
  test('is one of Request Response', () => {
    expect(payloadFault(6 * megabyte)).toBeNull();
    expect(payloadFault(6 * megabyte + 1)).toContain('with Request Response');
  });
});
