import { type Command, type Given, textOf } from '../command.ts';

const group = 'Flags';

export const dashboard: Command = {
  name: 'dashboard',
  summary: 'Show the queues and jobs of the fleet in a browser.',
  description:
    'Serves the dashboard of pg-boss on the loopback, read-only, until Ctrl-C. It asks for the user admin and a password: that of the variable UE_AWS_LAMBDA_DASHBOARD_PASSWORD, else one that is made and printed at the start. It is a package of its own, to be installed beside this program: npm install --global @pg-boss/dashboard@1.9.0; it needs Node 22.22 or newer.',
  parameters: [],
  flags: {
    database: {
      group: 'The fleet',
      value: 'URL',
      help: 'The PostgreSQL database of the fleet, such as postgres://user@host/fleet. Unset: the variable DATABASE_URL, else a database of this user on this host.',
    },
    port: { group, value: 'N', default: '3000', range: [0, 65_535], help: 'Port to listen on; 0 takes a free one.' },
  },
  examples: [
    { says: 'the fleet of DATABASE_URL', command: 'ue-aws-lambda dashboard' },
    { says: 'on a free port', command: 'ue-aws-lambda dashboard --port 0' },
  ],
  run,
};

async function run(given: Given): Promise<number> {
  const [{ serveDashboard }, { orDatabaseFailed }] = await Promise.all([
    import('../../fleet/dashboard/serve.ts'),
    import('../with-fleet.ts'),
  ]);
  return orDatabaseFailed(() => serveDashboard(textOf(given, 'database'), Number(textOf(given, 'port') ?? 3000)));
}
