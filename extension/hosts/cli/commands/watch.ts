import { type Command, type Flags, type Given, textOf } from '../command.ts';
import { connectionFlags, connectionNeeds, fieldFlag, fieldsOf } from '../field-flags.ts';
import { outputContradictions, outputFlags } from '../output-flags.ts';

const group = 'The execution';

/** The most that a task may wait for a durable execution: 366 days. */
const longest = 31_622_400;

const { output, json, ...shown } = outputFlags;

const flags: Flags = {
  function: {
    group,
    value: 'FUNCTION',
    help: 'The function whose execution it is, for a name: name, name:alias, partial ARN or full ARN.',
    fields: ['function_name'],
  },
  ...fieldFlag('qualifier', group, { help: 'Version or alias of the function. Unset: any.' }),
  'durable-timeout': {
    group,
    value: 'SECONDS',
    range: [1, longest],
    help: 'Stop watching after so many seconds (exit 21); the execution goes on. Unset: watch until it ends.',
  },
  ...(output && {
    output: {
      ...output,
      help: 'text prints the steps for people, and then the result; json a JSON document a line, for each step and the end; raw the result alone, byte for byte.',
    },
  }),
  ...(json && { json }),
  ...shown,
  ...connectionFlags,
};

export const watch: Command = {
  name: 'watch',
  summary: 'Show the steps of a durable execution as they come, until it ends.',
  description:
    'Follows a durable execution until it ends, whoever started it, and changes nothing: prints each step with its time, state and attempt. Exit code 0 when it succeeded, 1 when it failed, timed out or was stopped, 21 after --durable-timeout. Ctrl-C stops the watching (exit 22), not the execution.',
  parameters: [
    {
      name: 'EXECUTION',
      help: 'The ARN of the execution, or its name together with --function.',
      missing: 'watch needs one durable execution: its ARN, or its name and --function FUNCTION',
    },
  ],
  flags,
  exclusive: outputContradictions,
  requires: { ...connectionNeeds, qualifier: 'function' },
  examples: [
    { says: 'by its name', command: "ue-aws-lambda watch order-7 --function 'checkout:$LATEST'" },
    { says: 'by its ARN, for a program', command: 'ue-aws-lambda watch "$EXECUTION_ARN" --output json' },
  ],
  run,
};

async function run(given: Given): Promise<number> {
  const [{ ask }, { watchOf }, { UsageError }] = await Promise.all([
    import('../ask.ts'),
    import('../watch-report.ts'),
    import('../usage-error.ts'),
  ]);
  const [wanted = ''] = given.parameters;
  const isArn = wanted.startsWith('arn:');
  const functionName = isArn ? functionIn(wanted) : textOf(given, 'function');
  if (isArn && given.typed.has('function'))
    throw new UsageError('--function goes with a name; the ARN says it already');
  if (isArn && functionName === undefined) {
    throw new UsageError(
      `${wanted} is not the ARN of a durable execution: arn:…:function:NAME:VERSION/durable-execution/NAME/ID`,
    );
  }
  if (functionName === undefined) {
    throw new UsageError(`watch ${wanted} needs --function FUNCTION, whose execution it is (or the execution’s ARN)`);
  }
  if (!isArn && !/^[A-Za-z0-9_-]{1,64}$/.test(wanted)) {
    throw new UsageError('the name of a durable execution has letters, digits, _ and -, at most 64');
  }
  const timeout = Number(textOf(given, 'durable-timeout') ?? Number.POSITIVE_INFINITY);
  const form = given.flags.has('json') ? 'json' : (textOf(given, 'output') ?? 'text');
  const report = watchOf({ wanted: isArn ? { arn: wanted } : { name: wanted }, timeout }, form);
  const asked = {
    ...{ command: watch, given, what: isArn ? 'Looking' : `Looking for ${wanted}`, ...report },
    ...{ onCancel: 'Ctrl-C stops watching', ownJson: true },
    parameterField: isArn ? 'function_name' : 'durable_execution_name',
  };
  return ask(asked, () => ({ ...fieldsOf(flags, given), function_name: functionName, invocation_type: 'Dry Run' }));
}

/** The function in the ARN of an execution; its version is that of the execution. */
function functionIn(arn: string): string | undefined {
  return /^(arn:[\w-]+:lambda:[^:]+:\d{12}:function:[^:/]+):[^:/]+\/durable-execution\/[^/]+\/[^/]+$/.exec(arn)?.[1];
}
