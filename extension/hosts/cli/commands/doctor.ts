import { type Command, type Flags, type Given, has } from '../command.ts';
import { connectionFlags, connectionNeeds, fieldFlag, fieldsOf } from '../field-flags.ts';
import { outputFlags } from '../output-flags.ts';
import { payloadFlags } from '../payload-flags.ts';

const group = 'The call';

const { quiet: _, output: __, json, ...shownFlags } = outputFlags;

const flags: Flags = {
  ...payloadFlags,
  ...fieldFlag('qualifier', group),
  ...fieldFlag('tenant_id', group),
  ...(json && { json: { ...json, help: 'Print the checks as JSON.' } }),
  ...shownFlags,
  ...connectionFlags,
};

export const doctor: Command = {
  name: 'doctor',
  summary: 'Check everything that a call of a function needs; run nothing.',
  description:
    'Checks what a call of FUNCTION needs and runs nothing: the identity, the permission (a Dry Run), the state of the function, its timeout against ours, the size of the payload, whether it is durable and where its log is. Each line is good, a warning or bad, with what to do. Exit code 0 when nothing is bad.',
  parameters: [
    {
      name: 'FUNCTION',
      help: 'Name, name:alias, partial ARN or full ARN.',
      missing: 'doctor needs the name of one function: ue-aws-lambda doctor FUNCTION',
    },
  ],
  flags,
  exclusive: [['payload', 'payload-file', 'data']],
  requires: connectionNeeds,
  examples: [
    { says: 'before a first run', command: 'ue-aws-lambda doctor order --timeout 120' },
    { says: 'with the payload to be sent', command: 'ue-aws-lambda doctor order:PROD --payload @order.json' },
  ],
  run,
};

async function run(given: Given): Promise<number> {
  const [{ ask }, { payloadOf }, { examination }] = await Promise.all([
    import('../ask.ts'),
    import('../payload.ts'),
    import('../examination.ts'),
  ]);
  const [functionName = ''] = given.parameters;
  const { action, show } = examination(functionName, has(given, 'json'));
  return ask(
    { command: doctor, given, what: `Checking ${functionName}`, action, show, ownJson: true },
    async (signal, notice) => ({
      ...fieldsOf(flags, given),
      ...(await payloadOf(given, signal, notice)).fields,
      ...{ function_name: functionName, invocation_type: 'Dry Run' },
    }),
  );
}
