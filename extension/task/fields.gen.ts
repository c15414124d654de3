// Generated from schemas/fields.schema.json by `npm run generate`. Do not edit.

/** The fields of one task in their canonical form, defaults filled in. */
export interface Fields {
  /** What the task does. */
  readonly action: "Trigger Lambda Function" | "List Functions" | "Test Connection" | "Send Callback";
  /** Access key id as user, secret access key as password, session token as token; in JSON input also a reference as from: env:PREFIX, file:PATH or profile:NAME. Unset: the default chain (environment, shared files and profiles, SSO, web identity, ECS, EC2). */
  readonly credentials?: { readonly user: string; readonly password: string; readonly token?: string } | { readonly from: string };
  /** Unset: the region in a full function ARN, then AWS_REGION, AWS_DEFAULT_REGION, the profile's region. */
  readonly region?: string;
  /** Assume the role before calling Lambda. */
  readonly role_based_access: boolean;
  /** The IAM role to assume, in any partition. */
  readonly role_arn?: string;
  /** Name, name:alias, partial ARN or full ARN of the function. */
  readonly function_name?: string;
  /** Request Response waits for the answer, Event queues the call, Dry Run checks permission and parameters only. */
  readonly invocation_type: "Request Response" | "Event" | "Dry Run";
  /** Where the payload comes from. */
  readonly payload_source: "None" | "Script" | "File";
  /** The payload: JSON text, sent byte for byte, or a JSON value. */
  readonly payload_script?: string;
  /** Where the client context comes from. */
  readonly client_context_source: "None" | "Script";
  /** The client context: JSON, which the task base64-encodes, at most 3,583 bytes encoded. AWS drops it with Event. */
  readonly client_context_script?: string;
  /** Tail brings the last 4 KB of the execution log, Full all of it from CloudWatch Logs. Only with Request Response. */
  readonly log_type: "None" | "Tail" | "Full";
  /** Version or alias to invoke. */
  readonly qualifier?: string;
  /** Reach AWS through a proxy. */
  readonly use_proxy: boolean;
  /** HTTPS with Credentials requires proxy_credentials. Whether the connection to the proxy itself uses TLS is decided by the scheme of its URL in proxy. */
  readonly proxy_type: "HTTP" | "HTTPS" | "HTTPS with Credentials";
  /** Comma-separated http://host:port and https://host:port entries, at most one of each scheme, without a password. */
  readonly proxy?: string;
  /** User and password for the proxy. Required with HTTPS with Credentials, used with the others when set. */
  readonly proxy_credentials?: { readonly user: string; readonly password: string };
  /** Path of a PEM file with the certificates to trust for the TLS to the proxy. */
  readonly proxy_ca_bundle_file?: string;
  /** Seconds from the request sent to the last byte of the answer; with Streamed the longest silence between two bytes. */
  readonly wait_for_completion_timeout: number;
  /** http or https URL of Lambda, also reached through the proxy. Unset: AWS_ENDPOINT_URL_LAMBDA, AWS_ENDPOINT_URL, then the region's endpoint. */
  readonly endpoint_url?: string;
  /** Path of the file whose bytes are the payload. */
  readonly payload_file?: string;
  /** External id for AssumeRole. */
  readonly role_external_id?: string;
  /** Session name for AssumeRole, as seen in CloudTrail. */
  readonly role_session_name: string;
  /** Lifetime of the assumed role's credentials. */
  readonly role_duration_seconds: number;
  /** Seconds for DNS, TCP, proxy CONNECT and TLS together. */
  readonly connect_timeout: number;
  /** Number of attempts. Only failures that prove that nothing was executed are retried. */
  readonly max_attempts: number;
  /** http or https URL of STS. Unset: AWS_ENDPOINT_URL_STS, AWS_ENDPOINT_URL, then the region's endpoint. */
  readonly sts_endpoint_url?: string;
  /** Whether an error in the function's own code fails the task (exit 1). If false, the task ends with exit 0 and function_error in the result. */
  readonly fail_on_function_error: boolean;
  /** Tenant of a function with tenant isolation. */
  readonly tenant_id?: string;
  /** Name of the durable execution: AWS starts one execution for one name. */
  readonly durable_execution_name?: string;
  /** Start a durable execution by Event and wait for its end. One that has the name already is waited for, and nothing is invoked. */
  readonly wait_for_durable_execution: boolean;
  /** Seconds to wait for the end of the durable execution, from the start of the task. */
  readonly durable_timeout: number;
  /** What is done with the durable execution when durable_timeout has passed. */
  readonly on_timeout: "Leave Running" | "Stop";
  /** What is done with the durable execution when the task is cancelled. */
  readonly on_cancel: "Stop" | "Leave Running";
  /** Send Callback: the callback that a durable execution waits for. */
  readonly callback_id?: string;
  /** Send Callback: Success and Failure end the wait, Heartbeat says that the work goes on. */
  readonly callback_result: "Success" | "Failure" | "Heartbeat";
  /** Send Callback: the result, sent byte for byte, or a JSON value; with Failure the data of the error. At most 1 MB. */
  readonly callback_payload?: string;
  /** Send Callback with Failure: the type of the error, such as Rejected. */
  readonly callback_error_type?: string;
  /** Send Callback with Failure: what went wrong, for people. */
  readonly callback_error_message?: string;
  /** With log_type Full: seconds after the answer in which the end of the log must be in CloudWatch Logs. */
  readonly full_log_wait: number;
  /** With log_type Full: path of a file that takes the whole log; log_result holds at most its last 1 MB. */
  readonly log_file?: string;
  /** X-Ray trace that the call is a part of: 1-…, the whole X-Amzn-Trace-Id header, or a W3C traceparent. Unset: traceparent or _X_AMZN_TRACE_ID in the environment, else one of the task's own. */
  readonly trace_id?: string;
  /** Buffered takes the answer at once, up to 6 MB. Streamed takes it in parts while the function runs, up to 200 MB; not with Event. */
  readonly response_mode: "Buffered" | "Streamed";
  /** Path of a file that takes the payload of the answer in place of the extension output. It appears there whole or not at all. */
  readonly response_file?: string;
  /** List Functions: where to continue, the next_marker of an earlier list. */
  readonly marker?: string;
  /** List Functions: the largest number of functions to list. */
  readonly max_items: number;
  /** List Functions: ALL lists every published version, unqualified only the latest. */
  readonly function_version: "ALL" | "unqualified";
}

export type Kind = 'choice' | 'credential' | 'text' | 'boolean' | 'integer' | 'script';

/** How each field is read from the wire, in the order in which the output echoes them. */
export const fieldTable: Readonly<Record<keyof Fields, FieldFacts>> = {
  action: {"kind":"choice","choices":["Trigger Lambda Function","List Functions","Test Connection","Send Callback"],"literal":true},
  credentials: {"kind":"credential","parts":["user","password","token","from"],"rule":"give the access key id as user and the secret access key as password, or a reference as from (env:PREFIX, file:PATH or profile:NAME); leave all unset to use the default credential chain","literal":true},
  region: {"kind":"text","rule":"must be the code of an AWS region, such as us-east-1"},
  role_based_access: {"kind":"boolean","literal":true},
  role_arn: {"kind":"text","rule":"must be the ARN of an IAM role, such as arn:aws:iam::123456789012:role/invoke","literal":true},
  function_name: {"kind":"text"},
  invocation_type: {"kind":"choice","choices":["Request Response","Event","Dry Run"]},
  payload_source: {"kind":"choice","choices":["None","Script","File"]},
  payload_script: {"kind":"script"},
  client_context_source: {"kind":"choice","choices":["None","Script"]},
  client_context_script: {"kind":"script"},
  log_type: {"kind":"choice","choices":["None","Tail","Full"]},
  qualifier: {"kind":"text","rule":"must be a version number or an alias of the function, such as 7, PROD or $LATEST"},
  use_proxy: {"kind":"boolean","literal":true},
  proxy_type: {"kind":"choice","choices":["HTTP","HTTPS","HTTPS with Credentials"],"literal":true},
  proxy: {"kind":"text","literal":true},
  proxy_credentials: {"kind":"credential","parts":["user","password"],"rule":"give the proxy's user (without a colon) and password","literal":true},
  proxy_ca_bundle_file: {"kind":"text","literal":true},
  wait_for_completion_timeout: {"kind":"integer","rule":"must be a whole number of seconds from 1 to 1800"},
  endpoint_url: {"kind":"text","literal":true},
  payload_file: {"kind":"text","literal":true},
  role_external_id: {"kind":"text","rule":"must be 2 to 1224 letters, digits or _+=,.@:/-","literal":true},
  role_session_name: {"kind":"text","rule":"must be 2 to 64 letters, digits or _+=,.@-","literal":true},
  role_duration_seconds: {"kind":"integer","rule":"must be a whole number of seconds from 900 to 43200"},
  connect_timeout: {"kind":"integer","rule":"must be a whole number of seconds from 1 to 60"},
  max_attempts: {"kind":"integer","rule":"must be a whole number from 1 to 10"},
  sts_endpoint_url: {"kind":"text","literal":true},
  fail_on_function_error: {"kind":"boolean"},
  tenant_id: {"kind":"text","rule":"must be 1 to 256 letters, digits, blanks or ._:/=+-@"},
  durable_execution_name: {"kind":"text","rule":"must be 1 to 64 letters, digits, _ or -"},
  wait_for_durable_execution: {"kind":"boolean"},
  durable_timeout: {"kind":"integer","rule":"must be a whole number of seconds from 1 to 31622400"},
  on_timeout: {"kind":"choice","choices":["Leave Running","Stop"]},
  on_cancel: {"kind":"choice","choices":["Stop","Leave Running"]},
  callback_id: {"kind":"text","rule":"must be the id of a callback, 1 to 1024 characters of base64, as in result.durable.waiting_for"},
  callback_result: {"kind":"choice","choices":["Success","Failure","Heartbeat"]},
  callback_payload: {"kind":"script"},
  callback_error_type: {"kind":"text"},
  callback_error_message: {"kind":"text"},
  full_log_wait: {"kind":"integer","rule":"must be a whole number of seconds from 1 to 900"},
  log_file: {"kind":"text","literal":true},
  trace_id: {"kind":"text"},
  response_mode: {"kind":"choice","choices":["Buffered","Streamed"]},
  response_file: {"kind":"text","literal":true},
  marker: {"kind":"text"},
  max_items: {"kind":"integer","rule":"must be a whole number from 1 to 10000"},
  function_version: {"kind":"choice","choices":["ALL","unqualified"]},
};

export interface FieldFacts {
  readonly kind: Kind;
  readonly choices?: readonly string[];
  readonly parts?: readonly string[];
  readonly rule?: string;
  /** Takes no template in a flow: no output of a function decides whose keys, which host or which file a task uses. */
  readonly literal?: boolean;
}

/** What a form can check of a field: the pattern of a text, the bounds of an integer. */
export const fieldLimits = {
  region: {"pattern":"^[a-z0-9][a-z0-9-]{0,62}$"},
  role_arn: {"pattern":"^arn:aws[a-z-]*:iam::[0-9]{12}:role/[\\x21-\\x7e]{1,600}$"},
  qualifier: {"pattern":"^(\\$LATEST(\\.PUBLISHED)?|[A-Za-z0-9_-]{1,128})$"},
  wait_for_completion_timeout: {"minimum":1,"maximum":1800},
  role_external_id: {"pattern":"^[A-Za-z0-9_+=,.@:/-]{2,1224}$"},
  role_session_name: {"pattern":"^[A-Za-z0-9_+=,.@-]{2,64}$"},
  role_duration_seconds: {"minimum":900,"maximum":43200},
  connect_timeout: {"minimum":1,"maximum":60},
  max_attempts: {"minimum":1,"maximum":10},
  tenant_id: {"pattern":"^[A-Za-z0-9._:/=+@ -]{1,256}$"},
  durable_execution_name: {"pattern":"^[A-Za-z0-9_-]{1,64}$"},
  durable_timeout: {"minimum":1,"maximum":31622400},
  callback_id: {"pattern":"^[A-Za-z0-9+/=_-]{1,1024}$"},
  full_log_wait: {"minimum":1,"maximum":900},
  max_items: {"minimum":1,"maximum":10000},
} as const;

/** When the requirements of the schema's allOf apply, by their index. */
export const conditions: readonly string[] = [
  "when role_based_access is true",
  "when action is Trigger Lambda Function",
  "when action is Send Callback",
  "when payload_source is Script",
  "when payload_source is File",
  "when client_context_source is Script",
  "when use_proxy is true",
  "when use_proxy is true and proxy_type is HTTPS with Credentials",
];
