import { ACCOUNT_ID } from '../account.ts';
import { LambdaError, validationError } from '../lambda/lambda-error.ts';

/** The pattern that the Lambda API declares for the name of a function to invoke. */
const PATTERN =
  /^(?:arn:(?<partition>aws[a-zA-Z-]*):lambda:)?(?:(?<region>[a-z]{2}(?:-[a-z]+)+-\d):)?(?:(?<account>\d{12}):)?(?:function:)?(?<name>[a-zA-Z0-9-_]+)(?::(?<qualifier>\$LATEST|[a-zA-Z0-9-_]+))?$/;

/** Published versions that every function has here, and the aliases that point to them. */
export const PUBLISHED_VERSION = '1';
const VERSIONS: Readonly<Record<string, string>> = {
  $LATEST: '$LATEST',
  [PUBLISHED_VERSION]: PUBLISHED_VERSION,
  live: PUBLISHED_VERSION,
  PROD: PUBLISHED_VERSION,
};

export interface FunctionReference {
  readonly name: string;
  readonly qualifier: string | undefined;
  /** The ARN as asked for, with the qualifier when there is one. */
  readonly arn: string;
}

export function functionArn(region: string, name: string, qualifier?: string): string {
  const partition = region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
  const arn = `arn:${partition}:lambda:${region}:${ACCOUNT_ID}:function:${name}`;
  return qualifier === undefined ? arn : `${arn}:${qualifier}`;
}

/** Reads a function's name in any of Lambda's forms: name, name:alias, partial ARN, full ARN. */
export function parseFunctionName(text: string, qualifier: string | undefined, region: string): FunctionReference {
  const parts = text.length <= 170 ? PATTERN.exec(text)?.groups : undefined;
  const name = parts?.name;
  if (parts === undefined || name === undefined || name.length > 64) {
    throw validationError(text, 'functionName', `Member must satisfy regular expression pattern: ${PATTERN.source}`);
  }
  if (parts.qualifier !== undefined && qualifier !== undefined && parts.qualifier !== qualifier) {
    const message = 'The derived qualifier from the function name does not match the specified qualifier.';
    throw new LambdaError(400, 'InvalidParameterValueException', message);
  }
  if (parts.region !== undefined && parts.region !== region) {
    const message = `Functions from '${parts.region}' are not reachable in this region ('${region}')`;
    throw new LambdaError(404, 'ResourceNotFoundException', message);
  }
  const wanted = parts.qualifier ?? qualifier;
  const arn = functionArn(region, name, wanted);
  if (parts.account !== undefined && parts.account !== ACCOUNT_ID) {
    throw functionNotFound(arn.replace(ACCOUNT_ID, parts.account));
  }
  return { name, qualifier: wanted, arn };
}

/** The version that a qualifier names, or the error that Lambda gives for one that does not exist. */
export function toVersion({ qualifier, arn }: FunctionReference): string {
  const version = Object.hasOwn(VERSIONS, qualifier ?? '$LATEST') ? VERSIONS[qualifier ?? '$LATEST'] : undefined;
  if (version === undefined) throw functionNotFound(arn);
  return version;
}

export function functionNotFound(arn: string): LambdaError {
  return new LambdaError(404, 'ResourceNotFoundException', `Function not found: ${arn}`);
}
