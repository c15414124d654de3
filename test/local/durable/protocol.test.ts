import {
  CheckpointDurableExecutionCommand,
  GetDurableExecutionStateCommand,
  type LambdaClient,
  type OperationUpdate,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type LoggedLocal, lambdaClient, start } from '../support/local.ts';
import { begin, closed, get, history, type Invocation, puppeteer, types } from './support.ts';

let local: LoggedLocal;
let client: LambdaClient;
let puppet: Awaited<ReturnType<typeof puppeteer>>;

beforeAll(async () => {
  local = await start({ timeScale: 20 });
  client = lambdaClient(local);
  puppet = await puppeteer();
});
afterAll(async () => {
  client.destroy();
  puppet.close();
  await local.close();
});

let arn: string;
let invocation: Invocation;
let token: string;

/** Each test plays the SDK in the first invocation of an execution of its own. */
beforeEach(async () => {
  arn = await begin(client, { FunctionName: 'puppet:1', Payload: puppet.Payload });
  // On a busy machine an invocation of an earlier test may be over time, and made again.
  do invocation = await puppet.invocation();
  while (invocation.event.DurableExecutionArn !== arn);
  token = invocation.event.CheckpointToken;
});

async function checkpoint(Updates: readonly OperationUpdate[], given: { token?: string; ClientToken?: string } = {}) {
  const { token: own = token, ...rest } = given;
  const input = { DurableExecutionArn: arn, CheckpointToken: own, Updates: [...Updates], ...rest };
  const output = await client.send(new CheckpointDurableExecutionCommand(input));
  if (given.token === undefined) token = output.CheckpointToken ?? '';
  return { next: output.CheckpointToken, operations: output.NewExecutionState?.Operations ?? [] };
}

const step = (Id: string, Action: OperationUpdate['Action'], more: Partial<OperationUpdate> = {}) =>
  ({ Id, Type: 'STEP', SubType: 'Step', Name: `step-${Id}`, Action, ...more }) as OperationUpdate;
const wait = (Id: string, WaitSeconds: number) =>
  ({ Id, Type: 'WAIT', SubType: 'Wait', Action: 'START', WaitOptions: { WaitSeconds } }) as OperationUpdate;

describe('an invocation', () => {
  test('is told what the execution is and what it was given', () => {
    const { DurableExecutionArn, InitialExecutionState, UpdatedOperationIds } = invocation.event;
    const [root, ...others] = InitialExecutionState.Operations;
    expect(DurableExecutionArn).toBe(arn);
    expect(root).toMatchObject({
      Type: 'EXECUTION',
      Status: 'STARTED',
      ExecutionDetails: { InputPayload: puppet.Payload },
    });
    expect([others, InitialExecutionState.NextMarker, UpdatedOperationIds]).toEqual([[], '', [root?.Id]]);
  });

  test('is told what changed since the last one', async () => {
    await checkpoint([step('a', 'START'), step('a', 'SUCCEED', { Payload: '1' }), wait('w', 20)]);
    invocation.finish({ answer: { Status: 'PENDING' } });
    const { event, finish } = await puppet.invocation();
    expect(event.UpdatedOperationIds).toEqual(['w']);
    expect(event.InitialExecutionState.Operations.slice(1)).toMatchObject([
      { Id: 'a', Status: 'SUCCEEDED', StepDetails: { Attempt: 1, Result: '1' } },
      { Id: 'w', Status: 'SUCCEEDED' },
    ]);
    finish({ answer: { Status: 'SUCCEEDED' } });
    expect((await closed(client, arn)).Status).toBe('SUCCEEDED');
  });

  test('comes again when something changed while it was ending', async () => {
    await checkpoint([wait('w', 1)]);
    while (!types(await history(client, arn)).includes('WaitSucceeded'));
    invocation.finish({ answer: { Status: 'PENDING' } });
    const { event, finish } = await puppet.invocation();
    expect(event.UpdatedOperationIds).toEqual(['w']);
    finish({ answer: { Status: 'SUCCEEDED' } });
  });
});

describe('a checkpoint', () => {
  test('answers with what changed, and a new token', async () => {
    const before = token;
    const { next, operations } = await checkpoint([step('a', 'START'), wait('w', 3600)]);
    expect(next).not.toBe(before);
    expect(operations).toMatchObject([
      { Id: 'a', Status: 'STARTED', Name: 'step-a' },
      { Id: 'w', Status: 'STARTED', WaitDetails: { ScheduledEndTimestamp: expect.any(Date) } },
    ]);
    expect((await checkpoint([])).operations).toEqual([]);
  });

  test('without updates shows a wait that is over', async () => {
    await checkpoint([wait('w', 2)]);
    let seen: readonly unknown[] = [];
    while (seen.length === 0) seen = (await checkpoint([])).operations;
    expect(seen).toMatchObject([{ Id: 'w', Status: 'SUCCEEDED' }]);
  });

  test('tells times of the clock that the function reads', async () => {
    const { operations } = await checkpoint([step('a', 'RETRY', { StepOptions: { NextAttemptDelaySeconds: 40 } })]);
    const next = operations[0]?.StepDetails?.NextAttemptTimestamp?.getTime() ?? 0;
    // 40 s at 20 times the speed.
    expect(next - Date.now()).toBeLessThanOrEqual(2000);
    expect(next - Date.now()).toBeGreaterThan(0);
  });

  test.each([
    ['the token before it', () => invocation.event.CheckpointToken, /Invalid Checkpoint Token/],
    ['a token of nobody', () => 'QUJD', /Invalid Checkpoint Token/],
  ])('with %s is refused', async (_what, given, message) => {
    await checkpoint([]);
    const before = types(await history(client, arn));
    await expect(checkpoint([step('a', 'START')], { token: given() })).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: expect.stringMatching(message),
    });
    expect(types(await history(client, arn))).toEqual(before);
  });

  test('with the token of another execution is refused', async () => {
    const other = await begin(client, { FunctionName: 'puppet:1', Payload: puppet.Payload });
    const { event } = await puppet.invocation();
    expect(event.DurableExecutionArn).toBe(other);
    await expect(checkpoint([], { token: event.CheckpointToken })).rejects.toThrow(
      /not valid for the durable execution/,
    );
  });

  test('that is sent again with its client token gets the same answer and changes nothing', async () => {
    const given = { token, ClientToken: 'one' };
    const first = await checkpoint([step('a', 'START')], given);
    const again = await checkpoint([step('a', 'START')], given);
    expect(again).toEqual(first);
    expect(types(await history(client, arn))).toEqual(['ExecutionStarted', 'StepStarted']);
    await expect(checkpoint([step('a', 'START')], { token, ClientToken: 'two' })).rejects.toThrow(/Token/);
  });

  test('of the execution closes it, whatever the function answers then', async () => {
    const { next } = await checkpoint([
      { Id: 'result', Type: 'EXECUTION', Action: 'SUCCEED', Payload: '"checkpointed"' },
    ]);
    expect(next).toBeUndefined();
    invocation.finish({ answer: { Status: 'FAILED', Error: { ErrorMessage: 'ignored' } } });
    expect(await closed(client, arn)).toMatchObject({ Status: 'SUCCEEDED', Result: '"checkpointed"' });
    expect(types(await history(client, arn))).toEqual([
      'ExecutionStarted',
      'InvocationCompleted',
      'ExecutionSucceeded',
    ]);
  });

  test.each<[string, OperationUpdate[], RegExp]>([
    ['an id that is none', [step('a b', 'START')], /Invalid operation id/],
    ['two starts', [step('a', 'START'), step('a', 'START')], /same operation twice/],
    ['an action of another type', [{ Id: 'w', Type: 'WAIT', Action: 'RETRY' }], /Invalid action/],
    ['an unknown type', [{ Id: 'w', Type: 'NAP' as 'WAIT', Action: 'START' }], /Unknown operation type/],
    ['a wait without its time', [{ Id: 'w', Type: 'WAIT', Action: 'START' }], /requires WaitOptions/],
    ['a wait of no time', [wait('w', 0)], /WaitSeconds is 0/],
    ['a retry without its delay', [step('a', 'RETRY')], /Invalid StepOptions/],
    ['a success with an error', [step('a', 'SUCCEED', { Error: { ErrorType: 'E' } })], /Cannot provide an Error/],
    ['a failure with a payload', [step('a', 'FAIL', { Payload: '1' })], /Cannot provide a Payload/],
    ['a parent that is no context', [step('a', 'START'), step('b', 'START', { ParentId: 'a' })], /Invalid parent/],
    ['a payload that is too large', [step('a', 'SUCCEED', { Payload: 'x'.repeat(262_145) })], /STEP payload size/],
    [
      'an end of the execution that is not the last',
      [{ Id: 'r', Type: 'EXECUTION', Action: 'SUCCEED' }, step('a', 'START')],
      /must be the last/,
    ],
    ['a callback that is cancelled', [{ Id: 'c', Type: 'CALLBACK', Action: 'CANCEL' }], /Invalid action/],
  ])('with %s is refused and changes nothing', async (_what, updates, message) => {
    const good = wait('good', 3600);
    await expect(checkpoint([good, ...updates])).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: expect.stringMatching(message),
      $metadata: { httpStatusCode: 400 },
    });
    expect(types(await history(client, arn))).toEqual(['ExecutionStarted']);
    expect((await checkpoint([good])).operations).toHaveLength(1);
  });

  test('refuses what does not fit the operation as it is', async () => {
    await checkpoint([step('a', 'START'), step('a', 'SUCCEED', { Payload: '1' }), wait('w', 3600)]);
    await expect(checkpoint([step('a', 'SUCCEED')])).rejects.toThrow(/Invalid current STEP state to close/);
    await expect(checkpoint([step('a', 'START')])).rejects.toThrow(/Invalid current STEP state to start/);
    await expect(checkpoint([wait('a', 1)])).rejects.toThrow(/Inconsistent operation type/);
    await expect(checkpoint([wait('w', 1)])).rejects.toThrow(/Cannot start a WAIT/);
    await checkpoint([{ Id: 'w', Type: 'WAIT', Action: 'CANCEL' }]);
    expect(types(await history(client, arn)).at(-1)).toBe('WaitCancelled');
  });
});

test('a long state comes in pages', async () => {
  const ids = Array.from({ length: 1200 }, (_, index) => `step-${index}`);
  for (let start = 0; start < ids.length; start += 200) {
    await checkpoint(ids.slice(start, start + 200).map((id) => step(id, 'SUCCEED', { Payload: `"${id}"` })));
  }
  invocation.finish({ failure: 'again' });
  const { event, finish } = await puppet.invocation();
  const { Operations, NextMarker } = event.InitialExecutionState;
  expect(Operations).toHaveLength(1000);
  const command = new GetDurableExecutionStateCommand({
    DurableExecutionArn: arn,
    CheckpointToken: event.CheckpointToken,
    Marker: NextMarker,
    MaxItems: 1000,
  });
  const rest = await client.send(command);
  expect(rest.NextMarker).toBe('');
  const all = [...Operations, ...(rest.Operations ?? [])].slice(1).map(({ Id }) => Id);
  expect(all).toEqual(ids);
  finish({ answer: { Status: 'SUCCEEDED' } });
  expect((await get(client, arn)).DurableExecutionArn).toBe(arn);
});
