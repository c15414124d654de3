// A worker whose event loop is blocked for 25 s at SIGUSR2: no heartbeat, no answer and no timer is served meanwhile.

import { unlimited } from '../../../../../extension/hosts/fleet/limits/limits.ts';
import { serve } from '../../../../../extension/hosts/fleet/worker/serve.ts';
import { logTo } from '../../../../../extension/hosts/process/log.ts';

process.on('SIGUSR2', () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 25_000));
const url = process.argv[process.argv.indexOf('--database') + 1] as string;
await serve(
  {
    ...{ database: { url }, queues: ['lambda'], concurrency: 16, poll: 500, grace: 0, untilEmpty: false, files: [] },
    ...{ limits: { concurrency: unlimited, rate: unlimited }, secretKeyFile: undefined, metrics: undefined },
  },
  { environment: process.env, log: logTo('info'), signal: new AbortController().signal },
);
