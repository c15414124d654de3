import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type LoggedLocal, start } from './support/local.ts';

/** A client of another hand: boto3, as far as the one that is installed goes. */
const probe = `
import boto3
session = boto3.session.Session()
client = session.client('lambda', region_name='us-east-1', aws_access_key_id='a', aws_secret_access_key='b')
print(hasattr(client, 'get_durable_execution'))
`;
const { stdout, status } = spawnSync('python3', ['-c', probe], { encoding: 'utf8' });
const streamTest = status === 0 ? test : test.skip;
const hasDurable = status === 0 && stdout.trim() === 'True';
const durableTest = hasDurable ? test : test.skip;

let local: LoggedLocal;

beforeAll(async () => {
  local = await start({ directory: 'examples/functions', timeScale: 20 });
});
afterAll(() => local.close());

async function python(body: string): Promise<unknown> {
  const script = `
import base64, boto3, json, time
from botocore.config import Config
options = dict(region_name='eu-central-1', aws_access_key_id='local', aws_secret_access_key='local-secret',
               endpoint_url='${local.url}', config=Config(retries={'max_attempts': 0}))
client = boto3.client('lambda', **options)
${body}
`;
  const answer = await promisify(execFile)('python3', ['-c', script]);
  return JSON.parse(answer.stdout);
}

describe('boto3', () => {
  durableTest('runs a durable execution by name, and reads its record and history', async () => {
    const result = await python(`
given = dict(FunctionName='checkout:live', DurableExecutionName='boto3', Payload=b'{"id":"B-3"}')
first = client.invoke(**given)
again = client.invoke(**given)
arn = first['DurableExecutionArn']
record = client.get_durable_execution(DurableExecutionArn=arn)
events = [e for page in client.get_paginator('get_durable_execution_history').paginate(DurableExecutionArn=arn, PaginationConfig={'PageSize': 4}) for e in page['Events']]
listed = client.list_durable_executions_by_function(FunctionName='checkout', Statuses=['SUCCEEDED'])['DurableExecutions']
try:
    client.invoke(**{**given, 'Payload': b'{"id":"B-4"}'})
except client.exceptions.DurableExecutionAlreadyStartedException as error:
    conflict = error.response['ResponseMetadata']['HTTPStatusCode']
print(json.dumps(dict(payload=json.loads(first['Payload'].read()), same=again['DurableExecutionArn'] == arn,
      status=record['Status'], ended=record['EndTimestamp'] > record['StartTimestamp'],
      types=[e['EventType'] for e in events], listed=[e['DurableExecutionArn'] == arn for e in listed], conflict=conflict)))
`);
    expect(result).toMatchObject({
      payload: { order: 'B-3', reserved: true, chargedAtAttempt: 2, shipped: true },
      same: true,
      status: 'SUCCEEDED',
      ended: true,
      listed: [true],
      conflict: 409,
    });
    expect((result as { types: string[] }).types).toEqual(
      expect.arrayContaining([
        'ExecutionStarted',
        'WaitSucceeded',
        'StepFailed',
        'StepSucceeded',
        'ExecutionSucceeded',
      ]),
    );
  });

  durableTest('answers a callback and stops an execution', async () => {
    const result = await python(`
def start(document):
    arn = client.invoke(FunctionName='signoff:1', InvocationType='Event', Payload=json.dumps(dict(document=document)))['DurableExecutionArn']
    while True:
        for event in client.get_durable_execution_history(DurableExecutionArn=arn)['Events']:
            if 'CallbackStartedDetails' in event: return arn, event['CallbackStartedDetails']['CallbackId']
        time.sleep(0.02)
def end(arn):
    while True:
        record = client.get_durable_execution(DurableExecutionArn=arn)
        if record['Status'] != 'RUNNING': return record
        time.sleep(0.02)
arn, callback = start('budget')
client.send_durable_execution_callback_heartbeat(CallbackId=callback)
client.send_durable_execution_callback_success(CallbackId=callback, Result=b'{"by":"Ada"}')
other, _ = start('plan')
client.stop_durable_execution(DurableExecutionArn=other, Error=dict(ErrorType='Cancelled', ErrorMessage='no'))
try:
    client.send_durable_execution_callback_heartbeat(CallbackId=callback)
except client.exceptions.CallbackTimeoutException as error:
    late = error.response['ResponseMetadata']['HTTPStatusCode']
print(json.dumps(dict(result=json.loads(end(arn)['Result']), stopped=end(other)['Error'], late=late)))
`);
    expect(result).toEqual({
      result: { document: 'budget', answer: { by: 'Ada' } },
      stopped: { ErrorType: 'Cancelled', ErrorMessage: 'no' },
      late: 400,
    });
  });

  streamTest('reads a streamed response, and how it ended', async () => {
    const result = await python(`
def read(event):
    answer = client.invoke_with_response_stream(FunctionName='stream', Payload=json.dumps(event), LogType='Tail')
    data, end = b'', None
    for message in answer['EventStream']:
        if 'PayloadChunk' in message: data += message['PayloadChunk']['Payload']
        if 'InvokeComplete' in message: end = message['InvokeComplete']
    return dict(status=answer['StatusCode'], text=data.decode(), code=end.get('ErrorCode'),
                details=end.get('ErrorDetails'), log='REPORT' in base64.b64decode(end['LogResult']).decode())
print(json.dumps([read(dict(lines=2)), read(dict(lines=5, failAfter=1))]))
`);
    expect(result).toEqual([
      { status: 200, text: 'Zeile 1: 東京 🚀\nZeile 2: 東京 🚀\n', code: null, details: null, log: true },
      {
        status: 200,
        text: 'Zeile 1: 東京 🚀\n',
        code: 'Unhandled',
        details: expect.stringContaining('Failed after line 1'),
        log: true,
      },
    ]);
  });

  streamTest('reads the log of a run', async () => {
    const result = await python(`
logs = boto3.client('logs', **options)
answer = client.invoke(FunctionName='hello', Payload=b'{"name":"boto3"}')
request_id = answer['ResponseMetadata']['RequestId']
group = client.get_function_configuration(FunctionName='hello')['LoggingConfig']['LogGroup']
pages = logs.get_paginator('filter_log_events').paginate(logGroupName=group, filterPattern='"' + request_id + '"')
events = [e for page in pages for e in page['events']]
stream = logs.get_log_events(logGroupName=group, logStreamName=events[0]['logStreamName'], startFromHead=True)['events']
try:
    logs.filter_log_events(logGroupName='nobody')
except logs.exceptions.ResourceNotFoundException as error:
    missing = str(error)
print(json.dumps(dict(messages=[e['message'].split(':')[0] for e in events if not e['message'].startswith('2')],
      greeting=any('Greeting boto3' in e['message'] for e in stream),
      groups=[g['logGroupName'] for g in logs.describe_log_groups(logGroupNamePrefix=group)['logGroups']],
      streams=len(logs.describe_log_streams(logGroupName=group)['logStreams']), missing=missing)))
`);
    expect(result).toMatchObject({
      messages: ['START RequestId', 'END RequestId', 'REPORT RequestId'],
      greeting: true,
      groups: ['/aws/lambda/hello'],
      streams: 1,
      missing: expect.stringContaining('The specified log group does not exist.'),
    });
  });
});
