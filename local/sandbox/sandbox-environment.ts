import { FULL_ACCESS } from '../auth/credentials.ts';
import type { FunctionConfig } from '../functions/function-config.ts';
import type { FunctionFile } from '../functions/function-files.ts';
import { logGroupOf, logStreamName } from '../logs/logging-config.ts';
import type { CopyIdentity } from './copy-identity.ts';

/** Of the user's environment a function sees only what a process needs to run; credentials stay outside. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'USERPROFILE'];

/** Makes the environment of a function as Lambda does, with this endpoint in the place of AWS. */
export function sandboxEnvironment(
  fn: FunctionFile,
  config: FunctionConfig,
  region: string,
  url: string,
  identity: CopyIdentity,
): NodeJS.ProcessEnv {
  const { loggingConfig } = config;
  const inherited = Object.fromEntries(INHERITED.map((name) => [name, process.env[name]]));
  const major = process.versions.node.split('.')[0];
  return {
    ...inherited,
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    AWS_ENDPOINT_URL_LAMBDA: url,
    AWS_ENDPOINT_URL_STS: url,
    AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: url,
    AWS_ACCESS_KEY_ID: FULL_ACCESS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: FULL_ACCESS.secretAccessKey,
    ...config.environment,
    _HANDLER: fn.handler,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: `AWS_Lambda_nodejs${major}.x`,
    AWS_LAMBDA_FUNCTION_NAME: fn.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(config.memorySize),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: logGroupOf(fn.name, loggingConfig),
    AWS_LAMBDA_LOG_STREAM_NAME: logStreamName(fn.name, loggingConfig, '$LATEST', identity.day, identity.id),
    AWS_LAMBDA_LOG_FORMAT: loggingConfig.logFormat,
    ...(loggingConfig.logFormat === 'JSON' && { AWS_LAMBDA_LOG_LEVEL: loggingConfig.applicationLogLevel }),
    LAMBDA_TASK_ROOT: fn.root,
  };
}
