// How the form of the Universal Template looks. What a field is comes from schemas/fields.schema.json.

/**
 * The form, row by row: one array is one row of the two columns. The order up to Endpoint URL is that of the original
 * extension 1.2.0; ours follow.
 *
 * `show: [field, value, …]`: visible while that field has one of the values. `must`: required while visible.
 */
const trigger = ['action', 'Trigger Lambda Function'];
const list = ['action', 'List Functions'];
const callback = ['action', 'Send Callback'];
const waiting = ['wait_for_durable_execution', 'true'];
const answer = ['invocation_type', 'Request Response'];
const role = ['role_based_access', 'true'];
const proxy = ['use_proxy', 'true'];

export const form = [
  [{ name: 'action', required: true, span: 2 }],
  [{ name: 'region' }, { name: 'credentials' }],
  [{ name: 'role_based_access' }, { name: 'role_arn', show: role, must: true }],
  [{ name: 'function_name', show: trigger, must: true, inList: true, span: 2 }],
  [
    { name: 'invocation_type', show: trigger, must: true },
    { name: 'log_type', show: answer },
  ],
  [{ name: 'payload_source', show: trigger, span: 2 }],
  [{ name: 'payload_script', show: ['payload_source', 'Script'], must: true, span: 2 }],
  [{ name: 'client_context_source', show: trigger, span: 2 }],
  [{ name: 'client_context_script', show: ['client_context_source', 'Script'], must: true, span: 2 }],
  [{ name: 'use_proxy' }, { name: 'proxy_type', show: proxy }],
  [{ name: 'proxy', show: proxy, must: true, span: 2 }],
  [{ name: 'proxy_ca_bundle_file', show: ['proxy_type', 'HTTPS', 'HTTPS with Credentials'], span: 2 }],
  [{ name: 'proxy_credentials', show: ['proxy_type', 'HTTPS with Credentials'], must: true, span: 2 }],
  [
    { name: 'qualifier', show: trigger },
    { name: 'wait_for_completion_timeout', required: true },
  ],
  [{ name: 'endpoint_url', span: 2 }],

  [{ name: 'payload_file', show: ['payload_source', 'File'], must: true, span: 2 }],
  [
    { name: 'role_external_id', show: role },
    { name: 'role_session_name', show: role },
  ],
  [
    { name: 'role_duration_seconds', show: role },
    { name: 'sts_endpoint_url', show: role },
  ],
  [{ name: 'connect_timeout' }, { name: 'max_attempts' }],
  [
    { name: 'fail_on_function_error', show: answer },
    { name: 'tenant_id', show: trigger },
  ],
  [{ name: 'durable_execution_name', show: trigger, span: 2 }],
  [{ name: 'response_mode', show: answer, span: 2 }],
  [{ name: 'response_file', show: answer, span: 2 }],
  [
    { name: 'wait_for_durable_execution', show: trigger },
    { name: 'durable_timeout', show: waiting },
  ],
  [
    { name: 'on_timeout', show: waiting },
    { name: 'on_cancel', show: waiting },
  ],
  [
    { name: 'callback_id', show: callback, must: true },
    { name: 'callback_result', show: callback },
  ],
  [{ name: 'callback_payload', show: ['callback_result', 'Success', 'Failure'], span: 2 }],
  [
    { name: 'marker', show: list },
    { name: 'max_items', show: list },
  ],
  [{ name: 'function_version', show: list, span: 2 }],
];

/** Fields that the task fills in, from `result` of the extension output. */
export const outputs = [
  [
    { name: 'status_code', label: 'Status Code', hint: 'HTTP status code of the answer.' },
    { name: 'execution', label: 'Execution', hint: 'not_started, accepted, completed or unknown.' },
  ],
  [
    { name: 'request_id', label: 'Request ID', hint: 'Request id of the invocation, as in the logs of the function.' },
    { name: 'durable_execution_arn', label: 'Durable Execution ARN', hint: 'ARN of the durable execution, if any.' },
  ],
  [{ name: 'durable_status', label: 'Durable Status', hint: 'Status of the durable execution that was waited for.' }],
];

/** Labels of choices whose values are not clear by themselves. */
export const choiceLabels = { function_version: { ALL: 'All Versions', unqualified: 'Latest Version Only' } };
