import { awsErrors, type Cause, causeOf } from '../../outcome/aws-errors.ts';
import { type Status, statuses } from '../../outcome/status.ts';
import { judge, type Verdict } from '../../outcome/verdict.ts';

export interface Explanation {
  readonly title: string;
  readonly meaning: string;
  readonly again: string;
  readonly remedy: string;
}

const after =
  'As result.execution says: after not_started yes; after accepted and completed it runs twice; after unknown look into its log first.';

/** What each exit code means. The codes are those of the status table. */
const meanings: Readonly<Record<Exclude<Status, 'DECODE_WARNING'>, Omit<Explanation, 'title'>>> = {
  SUCCESS: {
    meaning: 'The call succeeded. With DECODE_WARNING the function ran as well, but its log could not be decoded.',
    again: 'A further call runs the function again.',
    remedy: 'Nothing.',
  },
  FAIL: {
    meaning: 'The function ended with an error of its own, or AWS Lambda refused the call.',
    again: after,
    remedy:
      'If function_error is set, read the payload and the log (--tail). Else explain the name of the AWS error: ue-aws-lambda explain NAME.',
  },
  AUTHENTICATION_ERROR: {
    meaning: 'There are no credentials, or AWS does not accept them: a wrong or expired key, or a wrong clock.',
    again: 'Yes: the function did not run.',
    remedy: 'Run ue-aws-lambda test: it shows where the credentials come from. Renew them, or set the clock.',
  },
  AUTHORIZATION_ERROR: {
    meaning: 'The credentials are good, but may not do this.',
    again: 'Yes: the function did not run.',
    remedy:
      'Allow lambda:InvokeFunction on the function (lambda:ListFunctions, lambda:GetAccountSettings, sts:AssumeRole for the others).',
  },
  CONNECTION_ERROR: {
    meaning: 'The host was not reached, or the connection broke.',
    again: after,
    remedy:
      'The status description names host and reason: DNS, firewall, endpoint, certificate. For an unknown issuer name its PEM file in AWS_CA_BUNDLE.',
  },
  PROXY_CONNECTION_ERROR: {
    meaning: 'The proxy was not reached, or refused to connect.',
    again: 'Yes: the function did not run.',
    remedy: 'Check the address of the proxy, its user and password, and for a TLS proxy its CA file.',
  },
  DATA_VALIDATION_ERROR: {
    meaning: 'A field or a flag is wrong. Nothing was sent.',
    again: 'Yes: the function did not run.',
    remedy: 'Correct what result.error, or the message on standard error, names.',
  },
  READ_TIMEOUT_ERROR: {
    meaning: 'No whole answer came within wait_for_completion_timeout (--timeout). The function may still be running.',
    again:
      'Not before you have looked: it may have run. There may be no request id; find the run by its time in the log.',
    remedy:
      'Set the timeout above that of the function (ue-aws-lambda doctor compares them), or queue the call as Event.',
  },
  DURABLE_TIMEOUT: {
    meaning:
      'The durable execution did not end within durable_timeout. It was left running, or stopped, as on_timeout says.',
    again: 'With the same durable_execution_name: the task finds the execution and goes on waiting for it.',
    remedy: 'Run the same task again to go on waiting, or set a longer durable_timeout.',
  },
  CANCELLED: {
    meaning: 'A signal cancelled the task.',
    again: after,
    remedy: 'result.execution says whether the request had been sent.',
  },
};

/** Every topic that can be explained. */
export const topics: readonly string[] = [
  ...new Set(Object.values(statuses).map(({ exitCode }) => String(exitCode))),
  ...Object.keys(statuses),
  ...Object.keys(awsErrors),
];

/** Explains an exit code, a status or the name of an AWS error, whatever its case. */
export function explain(topic: string): readonly Explanation[] {
  const wanted = topic.toLowerCase();
  const rows = Object.entries(meanings).filter(
    ([name]) => name.toLowerCase() === wanted || String(statuses[name as Status].exitCode) === topic,
  );
  if (rows.length > 0) return rows.map(([name, row]) => ({ title: titleOf(name as Status), ...row }));
  if (wanted === 'decode_warning') return explain('SUCCESS');
  const name = Object.keys(awsErrors).find((known) => known.toLowerCase() === wanted);
  return name === undefined ? [] : [errorExplanation(name)];
}

function titleOf(status: Status): string {
  return `${status}, exit ${statuses[status].exitCode}`;
}

/** What a person at a terminal can do besides. */
const hints: Readonly<Record<string, string>> = {
  CredentialsProviderError: 'ue-aws-lambda test shows where credentials were looked for; --profile names a profile.',
  ExpiredToken: 'For a profile with SSO: aws sso login.',
  ExpiredTokenException: 'For a profile with SSO: aws sso login.',
  ResourceConflictException: 'ue-aws-lambda doctor FUNCTION shows its state.',
  ResourceNotFoundException: 'ue-aws-lambda test shows region and account, ue-aws-lambda list the functions.',
  UnrecognizedClientException: 'Keys in the environment win over AWS_PROFILE; ue-aws-lambda test shows which are used.',
};

/** What is safe comes from the verdict that the task itself would reach. */
function errorExplanation(name: string): Explanation {
  const { cause, remedy } = causeOf(name, 'the action that the message names') as Cause;
  const { status, execution, retry } = verdictOn(name, awsErrors[name]?.httpStatus ?? null);
  const again =
    execution === 'unknown'
      ? 'Not before you have looked: it is not certain that the function did not run.'
      : 'Yes: the function did not run.';
  const tried = retry === 'fresh connection' ? ' The task itself tries again, up to max_attempts times.' : '';
  const http = awsErrors[name]?.httpStatus;
  const title = `${name}${http === null ? '' : `, HTTP ${http}`}: ${titleOf(status)}`;
  const hint = hints[name];
  return { title, meaning: `${cause}.`, again: again + tried, remedy: `${remedy}.${hint ? ` ${hint}` : ''}` };
}

function verdictOn(name: string, httpStatus: number | null): Pick<Verdict, 'status' | 'execution' | 'retry'> {
  // No credentials: nothing was sent.
  if (httpStatus === null) return { status: 'AUTHENTICATION_ERROR', execution: 'not_started', retry: 'never' };
  const refusal = { httpStatus, fromAws: true, name, retryAfterSeconds: null, clockSkewed: false };
  const facts = { call: 'Invoke', canExecute: true, phase: 'response', end: 'failed', code: null, name } as const;
  const rest = {
    deadline: 'wait_for_completion_timeout',
    host: '',
    proxyUrl: null,
    message: '',
    requestId: null,
  } as const;
  return judge({ ...facts, ...rest, refusal, attempts: 1 });
}
