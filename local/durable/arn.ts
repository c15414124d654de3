import { LambdaError } from '../lambda/lambda-error.ts';

const ARN =
  /^arn:[a-zA-Z0-9-]+:lambda:[a-z0-9-]+:\d{12}:function:[a-zA-Z0-9-_]{1,64}:(?:\$LATEST|\d{1,16})\/durable-execution\/[a-zA-Z0-9-_]{1,64}\/[a-zA-Z0-9-_]{1,64}$/;

export function executionArn(functionArn: string, name: string, id: string): string {
  return `${functionArn}/durable-execution/${name}/${id}`;
}

export function checkExecutionArn(arn: string): string {
  if (ARN.test(arn)) return arn;
  const message = `'${arn}' is not the ARN of a durable execution: arn:PARTITION:lambda:REGION:ACCOUNT:function:NAME:VERSION/durable-execution/EXECUTION_NAME/ID is expected.`;
  throw new LambdaError(400, 'InvalidParameterValueException', message);
}
