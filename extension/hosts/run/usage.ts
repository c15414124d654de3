export const usage = 'ue-aws-lambda run [--fields FILE] [--output FILE] [--check] [--log-level error|warn|info|debug]';

/** The text of `run --help`. */
export const help = `${usage}

Runs one task: reads the JSON of fields, invokes the function at most once, and writes one JSON document.

  --fields FILE       the JSON of fields; without it, from standard input
  --output FILE       write the document to FILE too, atomically, before standard output; a FILE that cannot be
                      written is found out before anything is sent
  --check             validate the fields and say what would be done, with which region, endpoint and credentials; send
                      nothing
  --log-level LEVEL   error, warn, info or debug; info unless given. The log goes to standard error
  -h, --help          print this text

SIGTERM, SIGINT and SIGHUP cancel the task, and the document is still written; a second signal ends it at once.
The exit codes are listed by ue-aws-lambda --help.
`;
