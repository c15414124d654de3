import { pathToFileURL } from 'node:url';
import type { Signer } from '../auth/signature.ts';
import { durableRoute } from '../durable/durable-routes.ts';
import { toRefusedAnswer } from '../faults.ts';
import { toFunctionConfiguration } from '../functions/function-configuration.ts';
import type { FunctionFile } from '../functions/function-files.ts';
import { type FunctionReference, functionNotFound, parseFunctionName, toVersion } from '../functions/function-name.ts';
import { type Answer, json } from '../http/answer.ts';
import type { Call } from '../http/call.ts';
import { invokeStream } from '../streams/invoke-stream.ts';
import { authorize, decodePart } from './authorize.ts';
import { invoke } from './invoke.ts';
import { LambdaError } from './lambda-error.ts';
import type { LambdaPorts } from './lambda-ports.ts';
import { listFunctions } from './list-functions.ts';
import type { Route } from './route.ts';

const STREAM_PATH = /^\/2021-11-15\/functions\/([^/]*)\/response-streaming-invocations\/?$/;
const FUNCTION_PATH = /^\/2015-03-31\/functions\/([^/]*)(\/invocations|\/configuration)?\/?$/;

/** Answers one signed call of the Lambda API. */
export async function answerLambda(call: Call, signer: Signer, ports: LambdaPorts): Promise<Answer> {
  const route = findRoute(call, signer.region, ports) ?? durableRoute(call, signer.region, ports);
  if (route === undefined) {
    const message = `Nothing is served at ${call.method} ${call.path}. Served are Invoke, ListFunctions, GetFunction, GetFunctionConfiguration, GetAccountSettings, InvokeWithResponseStream and the operations of durable executions of Lambda, AssumeRole and GetCallerIdentity of STS, FilterLogEvents, GetLogEvents, DescribeLogGroups and DescribeLogStreams of CloudWatch Logs.`;
    throw new LambdaError(404, 'UnknownOperationException', message);
  }
  authorize(signer, `lambda:${route.permission ?? route.operation}`, route.resource);
  const refusal = ports.refuse(route.operation);
  return refusal === undefined ? route.answer() : toRefusedAnswer(refusal);
}

function findRoute(call: Call, region: string, ports: LambdaPorts): Route | undefined {
  const { method, path } = call;
  if (method === 'GET' && /^\/2015-03-31\/functions\/?$/.test(path)) {
    return { operation: 'ListFunctions', resource: '*', answer: () => listFunctions(call, region, ports) };
  }
  if (method === 'GET' && /^\/2016-08-19\/account-settings\/?$/.test(path)) {
    return { operation: 'GetAccountSettings', resource: '*', answer: () => getAccountSettings(ports) };
  }
  const [streamed, streamedName] = STREAM_PATH.exec(path) ?? [];
  const [matched = streamed, encodedName = streamedName, action = ''] = FUNCTION_PATH.exec(path) ?? [];
  const invokes = streamed !== undefined || action === '/invocations';
  if (encodedName === undefined || matched === undefined || method !== (invokes ? 'POST' : 'GET')) return undefined;
  const qualifier = call.query.get('Qualifier') || undefined;
  const reference = parseFunctionName(decodePart(encodedName), qualifier, region);
  const find = (): FunctionFile => {
    const fn = ports.findFunction(reference.name);
    if (fn === undefined) throw functionNotFound(reference.arn);
    return fn;
  };
  const resource = reference.arn;
  if (invokes) {
    const operation = streamed === undefined ? 'Invoke' : 'InvokeWithResponseStream';
    const run = streamed === undefined ? invoke : invokeStream;
    const answer = (): Promise<Answer> => run(call, find(), reference, region, ports);
    return { operation, permission: 'InvokeFunction', resource, answer };
  }
  const configurationOnly = action === '/configuration';
  return {
    operation: configurationOnly ? 'GetFunctionConfiguration' : 'GetFunction',
    resource,
    answer: () => getFunction(find(), reference, region, configurationOnly, ports),
  };
}

async function getFunction(
  fn: FunctionFile,
  reference: FunctionReference,
  region: string,
  configurationOnly: boolean,
  { pool }: LambdaPorts,
): Promise<Answer> {
  const version = toVersion(reference);
  const config = await pool.describe(fn, region);
  const configuration = {
    ...toFunctionConfiguration(fn, config, region, version, false),
    FunctionArn: reference.arn,
  };
  if (configurationOnly) return json(configuration);
  return json({
    Configuration: configuration,
    Code: { RepositoryType: 'file', Location: pathToFileURL(fn.file).href },
    Tags: {},
  });
}

function getAccountSettings({ functions, pool }: LambdaPorts): Answer {
  const files = [...functions().values()];
  const { concurrentExecutions } = pool;
  return json({
    AccountLimit: {
      TotalCodeSize: 80_530_636_800,
      CodeSizeUnzipped: 262_144_000,
      CodeSizeZipped: 52_428_800,
      ConcurrentExecutions: concurrentExecutions,
      UnreservedConcurrentExecutions: concurrentExecutions,
    },
    AccountUsage: {
      TotalCodeSize: files.reduce((sum, { codeSize }) => sum + codeSize, 0),
      FunctionCount: files.length,
    },
  });
}
