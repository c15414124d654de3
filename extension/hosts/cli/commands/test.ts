import type { Command, Flags, Given } from '../command.ts';
import { connectionFlags, connectionNeeds, fieldsOf } from '../field-flags.ts';
import { outputContradictions, outputFlags } from '../output-flags.ts';

const flags: Flags = { ...outputFlags, ...connectionFlags };

export const test: Command = {
  name: 'test',
  summary: 'Test region, credentials and network; invoke nothing.',
  description:
    'Asks AWS Lambda for the settings of the account, and STS for whom the credentials belong to. Shows where region, endpoint and credentials come from, and the limits and the usage of the account.',
  parameters: [],
  flags,
  exclusive: outputContradictions,
  requires: connectionNeeds,
  examples: [
    { says: 'what the environment gives', command: 'ue-aws-lambda test' },
    {
      says: 'a profile and a role in another account',
      command: 'ue-aws-lambda test --profile dev --role-arn arn:aws:iam::123456789012:role/invoke',
    },
  ],
  run,
};

async function run(given: Given): Promise<number> {
  const [{ ask }, { connectionReport }] = await Promise.all([import('../ask.ts'), import('../connection-report.ts')]);
  const fields = { ...fieldsOf(flags, given), action: 'Test Connection' };
  const report = connectionReport(fields);
  const asked = { command: test, given, what: 'Testing', action: report.action, show: report.show };
  return ask(asked, () => fields);
}
