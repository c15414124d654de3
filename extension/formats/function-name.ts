/** The parts of a function's name: a name, name:alias, partial ARN (account:function:name) or full ARN. */
export interface FunctionName {
  /** What goes into the request: the name without its qualifier. */
  readonly name: string;
  readonly region?: string;
  readonly qualifier?: string;
}

/** The forms that the Invoke API takes: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
const form = new RegExp(
  '^(?<prefix>(arn:aws[a-zA-Z-]*:lambda:(?<region>[a-z0-9-]+):)?([0-9]{12}:)?(function:)?)' +
    '(?<name>[A-Za-z0-9_.-]+)' +
    '(:(?<qualifier>\\$LATEST(\\.PUBLISHED)?|[A-Za-z0-9_-]{1,128}))?$',
);

/** Parses a function name; a text says what is wrong with it. */
export function parseFunctionName(text: string): FunctionName | string {
  const parts = form.exec(text)?.groups;
  const { prefix = '', region, name, qualifier } = parts ?? {};
  if (name === undefined || (region !== undefined && !prefix.includes(':function:'))) {
    return 'must be the name of a function, name:alias, a partial ARN or a full ARN, such as my-function:PROD';
  }
  // A path segment of dots would lead to another operation of the API.
  if (/^\.+$/.test(name)) return 'must not consist of dots alone';
  if (name.length > 64) return `has a name of ${name.length} characters; AWS Lambda takes at most 64`;
  if (text.length > 170) return `has ${text.length} characters; AWS Lambda takes at most 170`;
  return {
    name: `${prefix}${name}`,
    ...(region === undefined ? {} : { region }),
    ...(qualifier === undefined ? {} : { qualifier }),
  };
}
