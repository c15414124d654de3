import type { Command, Flags, Given } from '../command.ts';
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
  ...otherFieldFlags(group, [own, connectionFlags]),
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
    ['event', 'tail'],
    ['dry-run', 'tail'],
    ['event', 'query'],
    ['dry-run', 'query'],
  ],
  requires: { ...connectionNeeds, 'durable-timeout': 'wait', 'on-timeout': 'wait', 'on-cancel': 'wait' },
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

async function call(given: Given): Promise<number> {
  const [{ ask }, { payloadOf }, { payloadText }] = await Promise.all([
    import('../ask.ts'),
    import('../payload.ts'),
    import('../payload-text.ts'),
  ]);
  const [functionName = ''] = given.parameters;
  const asked = {
    ...{ command: invoke, given, what: functionName, runs: true },
    queried: payloadText.json,
    show: payloadText.show,
  };
  return ask(asked, async (signal, notice) => {
    const { fields, unread } = await payloadOf(given, signal, notice);
    if (unread) notice('Standard input is not read: the payload is given by a flag.');
    return { ...fieldsOf(flags, given), ...fields, function_name: functionName };
  });
}
