import { startLocal } from '../../../local/server.ts';
import { logTo } from '../process/log.ts';
import { UsageError } from './usage-error.ts';

/** Serves the handler files of a folder as Lambda functions on the loopback, until a signal comes. */
export async function serve(directory: string, port: number, timeScale: number): Promise<number> {
  // The handlers run in child processes of this very program, which must then be Node.
  if (process.versions.bun !== undefined) throw new UsageError(needsNode);
  const log = logTo('info');
  const endpoint = await startLocal({ directory, port, timeScale, log: log.info, ...runtimeFile() });
  process.stdout.write(`Serving the functions of ${directory} at ${endpoint.url}

  AWS_ENDPOINT_URL=${endpoint.url}
  AWS_ACCESS_KEY_ID=local   AWS_SECRET_ACCESS_KEY=local-secret    may do everything
  AWS_ACCESS_KEY_ID=denied  AWS_SECRET_ACCESS_KEY=denied-secret   is known and may do nothing
  AWS_REGION=us-east-1      (any region will do)

Try it in another terminal:
  echo '{"function_name":"hello","region":"us-east-1","endpoint_url":"${endpoint.url}","credentials":{"user":"local","password":"local-secret"}}' | ue-aws-lambda run

Stop it with Ctrl-C.
`);
  await new Promise<void>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => resolve());
  });
  await endpoint.close();
  return 0;
}

const needsNode = 'local needs Node, which this executable is not; install the npm package ue-aws-lambda for it';

/** The bundle keeps the file of the child processes in its own folder; the sources keep it beside the server. */
function runtimeFile(): { runtimeFile?: string } {
  return typeof __dirname === 'string' ? { runtimeFile: `${__dirname}/lambda-runtime.mjs` } : {};
}
