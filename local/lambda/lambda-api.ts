import { pathToFileURL } from 'node:url';
import type { Signer } from '../auth/signature.ts';
import { toFunctionConfiguration } from '../functions/function-configuration.ts';
import type { FunctionFile } from '../functions/function-files.ts';
import { type FunctionReference, functionNotFound, parseFunctionName, toVersion } from '../functions/function-name.ts';
import { type Answer, json } from '../http/answer.ts';
import type { Call } from '../http/call.ts';
import type { SandboxPool } from '../sandbox/sandbox-pool.ts';
import { invoke } from './invoke.ts';
import { LambdaError } from './lambda-error.ts';
import { listFunctions } from './list-functions.ts';

/** What the Lambda calls need of the endpoint. */
export interface LambdaPorts {
  readonly functions: () => ReadonlyMap<string, FunctionFile>;
  readonly pool: SandboxPool;
  readonly log: (line: string) => void;
  readonly onExecution: (functionName: string) => void;
}

const FUNCTION_PATH = /^\/2015-03-31\/functions\/([^/]*)(\/invocations|\/configuration)?\/?$/;

/** Answers one signed call of the Lambda API. */
export async function answerLambda(call: Call, signer: Signer, ports: LambdaPorts): Promise<Answer> {
  const { region } = signer;
  const { method, path } = call;
  if (method === 'GET' && /^\/2015-03-31\/functions\/?$/.test(path)) {
    authorize(signer, 'lambda:ListFunctions', '*');
    return listFunctions(call, region, ports);
  }
  if (method === 'GET' && /^\/2016-08-19\/account-settings\/?$/.test(path)) {
    authorize(signer, 'lambda:GetAccountSettings', '*');
    return getAccountSettings(ports);
  }
  const [matched, encodedName = '', action = ''] = FUNCTION_PATH.exec(path) ?? [];
  const qualifier = call.query.get('Qualifier') || undefined;
  if (matched !== undefined && (action === '/invocations' ? method === 'POST' : method === 'GET')) {
    const reference = parseFunctionName(decode(encodedName), qualifier, region);
    authorize(signer, ACTIONS[action] ?? 'lambda:GetFunction', reference.arn);
    const fn = ports.functions().get(reference.name);
    if (fn === undefined) throw functionNotFound(reference.arn);
    if (action === '/invocations') return invoke(call, fn, reference, region, ports);
    return getFunction(fn, reference, region, action === '/configuration', ports);
  }
  const message = `Nothing is served at ${method} ${path}. Served are Invoke, ListFunctions, GetFunction, GetFunctionConfiguration and GetAccountSettings of Lambda, and AssumeRole and GetCallerIdentity of STS.`;
  throw new LambdaError(404, 'UnknownOperationException', message);
}

const ACTIONS: Readonly<Record<string, string>> = {
  '/invocations': 'lambda:InvokeFunction',
  '/configuration': 'lambda:GetFunctionConfiguration',
};

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

function authorize({ principal }: Signer, action: string, resource: string): void {
  if (principal.mayDoEverything) return;
  const message = `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;
  throw new LambdaError(403, 'AccessDeniedException', message);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
