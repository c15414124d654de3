/** One row of the contract with the job controller. `sentence` makes the status description from the detail. */
interface Row {
  readonly exitCode: number;
  readonly classification: string;
  readonly sentence: (detail: string) => string;
}

/**
 * Every way a task can end. Exit codes, classifications and sentences up to 21 are those of the original extension
 * 1.2.0; 22 is ours. Rows are never renumbered or reused.
 */
export const statuses = {
  SUCCESS: {
    exitCode: 0,
    classification: 'SUCCESS',
    sentence: (detail) => `SUCCESS: ${detail}`,
  },
  DECODE_WARNING: {
    exitCode: 0,
    classification: 'SUCCESS',
    sentence: () => 'DECODE_WARNING: AWS Lambda function invoked successfully, but log message could not be decoded',
  },
  FAIL: {
    exitCode: 1,
    classification: 'FAIL',
    sentence: (detail) => `FAIL: ${detail}`,
  },
  AUTHENTICATION_ERROR: {
    exitCode: 2,
    classification: 'AUTHENTICATION_ERROR',
    sentence: () => 'AUTHENTICATION_ERROR: Account cannot be authenticated.',
  },
  AUTHORIZATION_ERROR: {
    exitCode: 3,
    classification: 'AUTHORIZATION_ERROR',
    sentence: () => 'AUTHORIZATION_ERROR: Account is not authorized to perform the requested action.',
  },
  CONNECTION_ERROR: {
    exitCode: 10,
    classification: 'CONNECTION_ERROR',
    sentence: (detail) => `CONNECTION_ERROR: ${detail}`,
  },
  PROXY_CONNECTION_ERROR: {
    exitCode: 11,
    classification: 'CONNECTION_ERROR',
    sentence: (proxyUrl) => `CONNECTION_ERROR: ProxyConnectionError: Failed to connect to proxy URL ${proxyUrl}`,
  },
  DATA_VALIDATION_ERROR: {
    exitCode: 20,
    classification: 'DATA_VALIDATION_ERROR',
    sentence: () => 'DATA_VALIDATION_ERROR: Some of the input fields cannot be validated. See STDOUT for more details.',
  },
  READ_TIMEOUT_ERROR: {
    exitCode: 21,
    classification: 'READ_TIMEOUT_ERROR',
    sentence: () =>
      'READ_TIMEOUT_ERROR: Did not receive a server response within the allotted time frame (wait_for_completion_timeout).',
  },
  /** As READ_TIMEOUT_ERROR, of a durable execution. */
  DURABLE_TIMEOUT: {
    exitCode: 21,
    classification: 'READ_TIMEOUT_ERROR',
    sentence: (detail) => `READ_TIMEOUT_ERROR: ${detail}`,
  },
  CANCELLED: {
    exitCode: 22,
    classification: 'CANCELLED',
    sentence: (detail) => `CANCELLED: ${detail}`,
  },
} satisfies Record<string, Row>;

export type Status = keyof typeof statuses;
