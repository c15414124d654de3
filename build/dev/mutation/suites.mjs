// Which tests are asked about a folder: those that run in this process, and quickly.

/** Modules of tests that import nothing of the extension: loaded once, since they are slow to load. */
export const shared = ['test/support/schemas.ts', 'test/support/run-program.ts', 'test/support/random.ts'];

const cases = { file: 'test/contract/cases.test.ts', only: '^through the library' };

/** By the beginning of a source's path; the first files are asked first. `only` chooses tests by their full name. */
export const suites = {
  'extension/outcome/': [
    ...of('test/outcome', 'aws-errors', 'failure', 'reason', 'task-record', 'verdict'),
    ...of('test/hosts/fleet/job', 'document'),
    ...[cases, ...of('test/actions', 'send-callback', 'trace', 'durable-execution')],
  ],
  'extension/task/': [
    ...of('test/task', 'document', 'fields', 'rules', 'task'),
    ...of('test/hosts/fleet/job', 'data'),
    ...[...of('test/contract', 'fields-schema'), cases],
  ],
  'extension/aws/transport/': [
    ...of('test/aws/transport', 'agents', 'call', 'foreign-error', 'progress', 'transport', 'tunnel'),
    ...of('test/aws/transport', 'bounds', 'certificates', 'deadlines', 'proxies', 'retries', 'tls'),
    ...[cases, ...of('test/actions', 'response-stream')],
  ],
};

function of(folder, ...names) {
  return names.map((name) => ({ file: `${folder}/${name}.test.ts` }));
}
