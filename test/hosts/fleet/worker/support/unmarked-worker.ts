// A worker that sends without a marker: what the tests of "never twice" must catch. Never shipped.

import { unlimited } from '../../../../../extension/hosts/fleet/limits/limits.ts';
import { serve } from '../../../../../extension/hosts/fleet/worker/serve.ts';
import { storeOf } from '../../../../../extension/hosts/fleet/worker/store.ts';
import { logTo } from '../../../../../extension/hosts/process/log.ts';

const url = process.argv[process.argv.indexOf('--database') + 1] as string;
const concurrency = Number(process.argv[process.argv.indexOf('--concurrency') + 1]);
await serve(
  {
    ...{ database: { url }, queues: ['lambda'], concurrency, poll: 500, grace: 0, untilEmpty: false },
    ...{ limits: { concurrency: unlimited, rate: unlimited }, secretKeyFile: undefined, files: [], metrics: undefined },
  },
  {
    ...{ environment: process.env, log: logTo('info'), signal: new AbortController().signal },
    storeOf: (database, queue) => ({
      ...storeOf(database, queue),
      mark: async (marks) => new Set(marks.map(({ id }) => id)),
    }),
  },
);
