import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ACCOUNT_ID } from '../account.ts';
import { toWireLoggingConfig } from '../logs/logging-config.ts';
import type { FunctionConfig } from './function-config.ts';
import type { FunctionFile } from './function-files.ts';
import { functionArn } from './function-name.ts';

/** A function's configuration as ListFunctions, GetFunction and GetFunctionConfiguration print it. */
export function toFunctionConfiguration(
  fn: FunctionFile,
  config: FunctionConfig,
  region: string,
  version: string,
  qualified: boolean,
) {
  const { description, timeout, memorySize, environment, durableConfig } = config;
  const variables = Object.keys(environment).length > 0 ? { Environment: { Variables: environment } } : {};
  return {
    FunctionName: fn.name,
    FunctionArn: functionArn(region, fn.name, qualified ? version : undefined),
    Runtime: `nodejs${process.versions.node.split('.')[0]}.x`,
    Role: `arn:aws:iam::${ACCOUNT_ID}:role/local`,
    Handler: fn.handler,
    CodeSize: fn.codeSize,
    Description: description,
    Timeout: timeout,
    MemorySize: memorySize,
    LastModified: new Date(fn.modified).toISOString().replace('Z', '+0000'),
    CodeSha256: createHash('sha256').update(readFileSync(fn.file)).digest('base64'),
    Version: version,
    ...variables,
    TracingConfig: { Mode: 'PassThrough' },
    RevisionId: revisionId(fn),
    State: 'Active',
    LastUpdateStatus: 'Successful',
    PackageType: 'Zip',
    Architectures: [process.arch === 'arm64' ? 'arm64' : 'x86_64'],
    EphemeralStorage: { Size: 512 },
    ...(durableConfig && {
      DurableConfig: {
        RetentionPeriodInDays: durableConfig.retentionPeriodInDays,
        ExecutionTimeout: durableConfig.executionTimeout,
      },
    }),
    LoggingConfig: toWireLoggingConfig(fn.name, config.loggingConfig),
  };
}

/** Changes whenever the file does. */
function revisionId({ file, modified }: FunctionFile): string {
  const hex = createHash('sha256').update(`${file} ${modified}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
