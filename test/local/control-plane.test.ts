import { readdirSync } from 'node:fs';
import {
  GetAccountSettingsCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  GetPolicyCommand,
  type LambdaClient,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FIXTURES, type LoggedLocal, lambdaClient, start } from './support/local.ts';

let local: LoggedLocal;
let client: LambdaClient;

beforeAll(async () => {
  local = await start();
  client = lambdaClient(local);
});
afterAll(async () => {
  client.destroy();
  await local.close();
});

const ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:context';
const COUNT = readdirSync(FIXTURES).length;

const CONFIGURATION = {
  FunctionName: 'context',
  FunctionArn: ARN,
  Handler: 'context.handler',
  Description: 'Shows its context',
  Timeout: 42,
  MemorySize: 512,
  Version: '$LATEST',
  State: 'Active',
  Environment: { Variables: { COLOUR: 'red' } },
};

describe('ListFunctions', () => {
  test('gives every function with its configuration', async () => {
    const { Functions = [], NextMarker } = await client.send(new ListFunctionsCommand({}));
    expect(Functions).toHaveLength(COUNT);
    expect(NextMarker ?? undefined).toBeUndefined();
    expect(Functions.find(({ FunctionName }) => FunctionName === 'context')).toMatchObject(CONFIGURATION);
    expect(Functions.find(({ FunctionName }) => FunctionName === 'warm')).toMatchObject({
      Timeout: 30,
      MemorySize: 128,
    });
    expect(local.executions()).toBe(0);
  });

  test('with ALL gives every version', async () => {
    const { Functions = [] } = await client.send(
      new ListFunctionsCommand({ FunctionVersion: 'ALL', MaxItems: 10_000 }),
    );
    const arns = Functions.map(({ FunctionArn }) => FunctionArn).filter((arn) => arn?.startsWith(ARN));
    expect(arns).toEqual([`${ARN}:$LATEST`, `${ARN}:1`]);
  });

  test('comes in pages', async () => {
    const names: (string | undefined)[] = [];
    let Marker: string | undefined;
    let pages = 0;
    do {
      const page = await client.send(new ListFunctionsCommand({ MaxItems: 7, ...(Marker && { Marker }) }));
      names.push(...(page.Functions ?? []).map(({ FunctionName }) => FunctionName));
      Marker = page.NextMarker ?? undefined;
      pages += 1;
    } while (Marker !== undefined);
    expect(pages).toBe(Math.ceil(COUNT / 7));
    expect(new Set(names).size).toBe(COUNT);
  });

  test.each([
    [{ MaxItems: 0 }, 'ValidationException'],
    [{ MaxItems: 10_001 }, 'ValidationException'],
    [{ FunctionVersion: 'SOME' as 'ALL' }, 'ValidationException'],
    [{ Marker: 'made up' }, 'InvalidParameterValueException'],
  ])('with %j is refused', async (input, name) => {
    const answer = client.send(new ListFunctionsCommand(input));
    await expect(answer).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 400 } });
  });
});

test('GetFunction gives the configuration and where the code is', async () => {
  const { Configuration, Code } = await client.send(new GetFunctionCommand({ FunctionName: 'context:live' }));
  expect(Configuration).toMatchObject({ ...CONFIGURATION, FunctionArn: `${ARN}:live`, Version: '1' });
  expect(Code?.Location).toMatch(/^file:.*context\.mjs$/);
});

test('GetFunctionConfiguration gives the configuration', async () => {
  const configuration = await client.send(new GetFunctionConfigurationCommand({ FunctionName: ARN }));
  expect(configuration).toMatchObject(CONFIGURATION);
});

test.each([GetFunctionCommand, GetFunctionConfigurationCommand])('%p knows what is not there', async (Command) => {
  const answer = client.send(new Command({ FunctionName: 'nothere' }) as GetFunctionCommand);
  await expect(answer).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: 'Function not found: arn:aws:lambda:eu-central-1:123456789012:function:nothere',
  });
});

test('GetAccountSettings gives limits and usage', async () => {
  const { AccountLimit, AccountUsage } = await client.send(new GetAccountSettingsCommand({}));
  expect(AccountLimit).toMatchObject({ ConcurrentExecutions: 50, CodeSizeZipped: 52_428_800 });
  expect(AccountUsage?.FunctionCount).toBe(COUNT);
  expect(AccountUsage?.TotalCodeSize).toBeGreaterThan(0);
});

test('what is not served says what is', async () => {
  const answer = client.send(new GetPolicyCommand({ FunctionName: 'context' }));
  await expect(answer).rejects.toMatchObject({
    name: 'UnknownOperationException',
    message: expect.stringMatching(/\/2015-03-31\/functions\/context\/policy.*Served are Invoke, ListFunctions/),
    $metadata: { httpStatusCode: 404 },
  });
});
