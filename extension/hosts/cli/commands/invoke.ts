import { type Command, type Flag, type Flags, type Given, has, textOf } from '../command.ts';
import { connectionFlags, connectionNeeds, fieldFlag, fieldsOf, otherFieldFlags } from '../field-flags.ts';
import { outputContradictions, outputFlags, queryFlag } from '../output-flags.ts';
import { payloadFlags } from '../payload-flags.ts';

const group = 'The call';

const own: Flags = {
  ...payloadFlags,
  ...fieldFlag('qualifier', group),
  event: {
    group,
    help: 'Queue the call and do not wait for the function.',
    fields: ['invocation_type'],
    set: () => ({ invocation_type: 'Event' }),
  },
  'dry-run': {
    group,
    help: 'Check permission and parameters; the function does not run.',
    fields: ['invocation_type'],
    set: () => ({ invocation_type: 'Dry Run' }),
  },
  wait: {
    group,
    help: 'Start a durable execution, show its steps and wait for its end. One that has the name already is waited for.',
    fields: ['wait_for_durable_execution'],
    set: () => ({ wait_for_durable_execution: true }),
  },
  tail: {
    group,
    aliases: ['log'],
    help: 'Show the last 4 KB of the execution log.',
    fields: ['log_type'],
    set: () => ({ log_type: 'Tail' }),
  },
  'full-log': {
    group,
    help: 'Show the whole log of the run, from CloudWatch Logs; of each invocation with --wait.',
    fields: ['log_type'],
    set: () => ({ log_type: 'Full' }),
  },
  ...fieldFlag('full_log_wait', group, {
    value: 'SECONDS',
    help: 'With --full-log: seconds after the answer in which the end of the log must be in CloudWatch Logs.',
  }),
  ...fieldFlag('log_file', group, {
    value: 'FILE',
    completes: 'file',
    help: 'With --full-log: a file that takes the whole log, for logs of more than 1 MB.',
  }),
  stream: {
    group,
    help: 'Print the payload in parts as they come, while the function runs: up to 200 MB. With --save into the file.',
    fields: ['response_mode'],
    set: () => ({ response_mode: 'Streamed' }),
  },
  save: {
    ...(fieldFlag('response_file', group)['response-file'] as Flag),
    value: 'FILE',
    aliases: ['response-file'],
    completes: 'file',
    help: 'Save the payload in a file in place of printing it; the file appears whole or not at all.',
  },
  'client-context': {
    group,
    value: 'JSON',
    help: 'The client context that the function sees, at most 3,583 bytes in base64.',
    fields: ['client_context_source', 'client_context_script'],
    set: (json) => ({ client_context_source: 'Script', client_context_script: json }),
  },
};

const flags: Flags = {
  ...own,
  ...otherFieldFlags(group, 'Trigger Lambda Function', [own, connectionFlags]),
  ...queryFlag,
  ...outputFlags,
  ...connectionFlags,
};

export const invoke: Command = {
  name: 'invoke',
  summary: 'Invoke a function once and print its payload.',
  description:
    'Invokes a function once. Its payload goes to standard output; the log, the status and whether the function ran go to standard error. Credentials come from the environment, a profile or the host, never from flags, which every user of the host can read.',
  parameters: [
    {
      name: 'FUNCTION',
      help: 'Name, name:alias, partial ARN or full ARN.',
      missing: 'invoke needs the name of one function: ue-aws-lambda invoke FUNCTION',
    },
  ],
  flags,
  exclusive: [
    ...outputContradictions,
    ['payload', 'payload-file', 'data'],
    ['wait', 'event', 'dry-run'],
    ['wait', 'stream'],
    ['wait', 'tail'],
    ['tail', 'full-log'],
    ...['tail', 'full-log', 'stream', 'save'].flatMap((flag) => [
      ['event', flag],
      ['dry-run', flag],
    ]),
  ],
  requires: {
    ...{ ...connectionNeeds, 'full-log-wait': 'full-log', 'log-file': 'full-log' },
    ...{ 'durable-timeout': 'wait', 'on-timeout': 'wait', 'on-cancel': 'wait' },
  },
  examples: [
    {
      says: 'one call with a payload and the log',
      command: `ue-aws-lambda invoke hello --payload '{"name":"Ada"}' --tail`,
    },
    {
      says: 'the payload from pairs, one value of the answer',
      command: 'ue-aws-lambda invoke order --data id=A-17 --data items:=[] --query order.id --output raw',
    },
  ],
  run: call,
};

function jsonWord(given: Given): string {
  return has(given, 'json') ? '--json' : '--output json';
}

async function call(given: Given): Promise<number> {
  const [{ ask }, { payloadOf }, { payloadText }, { streamedOutput, toStandardOutput }, { UsageError }] =
    await Promise.all([
      import('../ask.ts'),
      import('../payload.ts'),
      import('../payload-text.ts'),
      import('../streamed-output.ts'),
      import('../usage-error.ts'),
    ]);
  const [functionName = ''] = given.parameters;
  const [isStreamed, isSaved] = [has(given, 'stream'), has(given, 'save')];
  const isJson = has(given, 'json') || textOf(given, 'output') === 'json';
  if (isStreamed && !isSaved) {
    if (isJson)
      throw new UsageError(`--stream prints the payload, and ${jsonWord(given)} the extension output; add --save`);
    if (has(given, 'query')) throw new UsageError('--stream prints the payload before a --query can be asked of it');
  }
  const empty = ['event', 'dry-run'].find((name) => has(given, name));
  if (empty !== undefined && !isJson && has(given, 'query')) {
    throw new UsageError(`--${empty} brings no payload for --query to search; add --json for the extension output`);
  }
  if (isSaved && !isJson && has(given, 'query')) {
    throw new UsageError('--save keeps the payload out of the answer, so there is nothing for --query to search');
  }
  const asked = {
    ...{ command: invoke, given, what: functionName.replace(/^arn:.*:function:/, ''), runs: true },
    queried: payloadText.json,
    show: payloadText.show,
    ...(isStreamed && { live: streamedOutput(isSaved) }),
  };
  return ask(asked, async (signal, notice) => {
    const { fields, unread } = await payloadOf(given, signal, notice);
    if (unread) notice('Standard input is not read: the payload is given by a flag.');
    const printed = isStreamed && !isSaved ? { response_file: toStandardOutput } : {};
    return { ...fieldsOf(flags, given), ...fields, ...printed, function_name: functionName };
  });
}
