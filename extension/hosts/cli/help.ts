import { statuses } from '../../outcome/status.ts';
import { flagsOf } from './flags.ts';

/** The text of --help, for one command or for all. */
export function help(command: string | undefined): string {
  return (command !== undefined && pages[command]?.()) || overview;
}

const overview = `Runs an AWS Lambda function as a step of a workflow: at most once, with one honest answer.

For job controllers
  ue-aws-lambda run [--fields FILE] [--output FILE] [--log-level error|warn|info|debug]
      Runs one task. The JSON of fields comes from FILE or standard input; the extension output goes to standard
      output, and to FILE when asked; the log goes to standard error.

For people
  ue-aws-lambda invoke FUNCTION [--payload JSON] [--log] [--event|--dry-run] …    see invoke --help
  ue-aws-lambda list [--max-items N] …                                           list the functions
  ue-aws-lambda test …                                                           test region, credentials, network
  ue-aws-lambda local DIR [--port N]       serve the handler files of DIR as functions, without an AWS account

  ue-aws-lambda --help, --version

Exit codes
${Object.entries(exitCodes())
  .map(([code, names]) => `  ${code.padStart(3)}  ${names}`)
  .join('\n')}
`;

const pages: Readonly<Record<string, () => string>> = {
  invoke: () => page('invoke FUNCTION', 'Invokes a function and prints its payload on standard output.'),
  list: () => page('list', 'Lists the functions that the credentials can see.'),
  test: () => page('test', 'Asks AWS Lambda for the account settings, which proves region, credentials and network.'),
  local: () => `ue-aws-lambda local DIR [--port N] [--time-scale N]

Serves every handler file of DIR (NAME.mjs, NAME.js, NAME.cjs, NAME/index.*) as a Lambda function on the loopback,
port 9001 unless given; --port 0 takes a free one. It verifies signatures: the key local / local-secret may do
everything, denied / denied-secret is known and may do nothing.

A function whose config has durableConfig: { executionTimeout: SECONDS } is a durable one. Its waits, retries and
timeouts, and the timestamps of its executions, pass N times as quickly with --time-scale N.
What the functions log can be read as from CloudWatch Logs; loggingConfig: { logFormat, logGroup } says how and where.
`,
};

function page(command: string, says: string): string {
  const flags = Object.entries(flagsOf()).map(([word, { value, help: text }]) => {
    const left = `  --${word}${value === undefined ? '' : ' VALUE'}`;
    return text.length === 0 ? left : `${left.padEnd(40)} ${text}`;
  });
  return `ue-aws-lambda ${command} [flags]

${says} Credentials come from the environment or ~/.aws, never from flags.

${flags.join('\n')}
  --json                                   print the whole extension output
  --verbose                                print the log of the task
`;
}

function exitCodes(): Record<string, string> {
  const codes: Record<string, string> = {};
  for (const [name, { exitCode }] of Object.entries(statuses)) {
    codes[exitCode] = codes[exitCode] === undefined ? name : `${codes[exitCode]}, ${name}`;
  }
  return codes;
}
