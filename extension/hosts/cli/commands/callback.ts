import type { Command, Flags, Given } from '../command.ts';
import { connectionFlags, connectionNeeds, fieldsOf } from '../field-flags.ts';
import { outputContradictions, outputFlags } from '../output-flags.ts';

const group = 'The answer';

const result: Flags = {
  result: {
    group,
    value: 'JSON',
    help: 'What the waiting step gets as its result, byte for byte; usually JSON.',
    fields: ['callback_payload'],
  },
};

const failure: Flags = {
  reason: {
    group,
    value: 'TEXT',
    help: 'What went wrong, for people: the message of the error that the waiting step gets.',
    fields: ['callback_error_message'],
  },
  type: {
    group,
    value: 'NAME',
    help: 'The type of that error, such as Rejected.',
    fields: ['callback_error_type'],
  },
};

type Result = 'Success' | 'Failure' | 'Heartbeat';

function callbackCommand(
  name: string,
  wire: Result,
  own: Flags,
  texts: Pick<Command, 'summary' | 'description' | 'examples'>,
): Command {
  const flags: Flags = { ...own, ...outputFlags, ...connectionFlags };
  const command: Command = {
    name,
    ...texts,
    parameters: [
      {
        name: 'CALLBACK_ID',
        help: 'The id of the callback, as the durable execution has given it out.',
        missing: `${name} needs the id of one callback: ue-aws-lambda ${name} CALLBACK_ID`,
      },
    ],
    flags,
    exclusive: outputContradictions,
    requires: connectionNeeds,
    run: async (given: Given) => {
      const { ask } = await import('../ask.ts');
      const [id = ''] = given.parameters;
      const fields = { action: 'Send Callback', callback_id: id, callback_result: wire };
      return ask({ command, given, what: name, parameterField: 'callback_id' }, () => ({
        ...fieldsOf(flags, given),
        ...fields,
      }));
    },
  };
  return command;
}

export const approve = callbackCommand('approve', 'Success', result, {
  summary: 'Answer a callback of a durable execution with success.',
  description: 'Ends the wait of a step of a durable execution with success, so that the execution goes on.',
  examples: [
    { says: 'a plain yes', command: 'ue-aws-lambda approve "$CALLBACK_ID"' },
    { says: 'with a result', command: `ue-aws-lambda approve "$CALLBACK_ID" --result '{"by":"finance"}'` },
  ],
});

export const reject = callbackCommand('reject', 'Failure', failure, {
  summary: 'Answer a callback of a durable execution with a failure.',
  description: 'Ends the wait of a step of a durable execution with an error, which its code can catch.',
  examples: [
    { says: 'with a reason', command: 'ue-aws-lambda reject "$CALLBACK_ID" --reason "over the limit"' },
    { says: 'with the type of the error', command: 'ue-aws-lambda reject "$CALLBACK_ID" --type Rejected' },
  ],
});

export const heartbeat = callbackCommand(
  'heartbeat',
  'Heartbeat',
  {},
  {
    summary: 'Tell a durable execution that the work on a callback goes on.',
    description: 'Restarts the heartbeat timeout of a callback; the step goes on waiting.',
    examples: [{ says: 'once', command: 'ue-aws-lambda heartbeat "$CALLBACK_ID"' }],
  },
);
