import type { Violation } from '../errors.ts';
import type { Outcome } from '../outcome/outcome.ts';

/** The task's fields under the names that a user of the connector knows them by. */
const connectorNames: Readonly<Record<string, string>> = {
  client_context_script: 'clientContext',
  connect_timeout: 'connectTimeout',
  credentials: 'accessKeyId',
  durable_execution_name: 'durableExecutionName',
  durable_timeout: 'durableTimeout',
  endpoint_url: 'endpointUrl',
  function_name: 'functionName',
  function_version: 'functionVersion',
  log_type: 'logType',
  max_attempts: 'maxAttempts',
  max_items: 'maxItems',
  on_cancel: 'onCancel',
  on_timeout: 'onTimeout',
  payload_script: 'payload',
  proxy_ca_bundle_file: 'proxyCaBundleFile',
  proxy_credentials: 'proxyUser and proxyPassword',
  role_arn: 'roleArn',
  role_duration_seconds: 'roleDurationSeconds',
  role_external_id: 'roleExternalId',
  role_session_name: 'roleSessionName',
  sts_endpoint_url: 'stsEndpointUrl',
  use_proxy: 'proxy',
  wait_for_completion_timeout: 'timeout',
  wait_for_durable_execution: 'waitForDurableExecution',
};

// `credentials` is an ordinary word too, so it is renamed only where it is a field.
const anyName = new RegExp(
  `\\b(${Object.keys(connectorNames)
    .filter((name) => name.includes('_'))
    .join('|')})\\b`,
  'g',
);

function renamed(text: string): string {
  return text.replace(anyName, (name) => connectorNames[name] as string);
}

/** The violation of a task's field as one of the connector's. */
export function inConnectorTerms({ field, message }: Violation): Violation {
  return { field: field === null ? null : (connectorNames[field] ?? field), message: renamed(message) };
}

/** The outcome with the connector's names in the sentences that are ours. What AWS or a function says is left alone. */
export function outcomeInConnectorTerms(outcome: Outcome): Outcome {
  if (outcome.errors === null || outcome.answer !== null || outcome.status === 'FAIL') return outcome;
  const errors = outcome.errors.map(({ name, message, field }) => ({
    name,
    message: renamed(message),
    ...(field !== undefined && { field: connectorNames[field] ?? field }),
  }));
  return { ...outcome, errors };
}
