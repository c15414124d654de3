// Generated from schemas/extension-output.schema.json by `npm run generate`. Do not edit.

/** What is known of a value: its attributes, its items, or nothing (`null`), so that any path may go on from it. */
export type Shape = null | { readonly [attribute: string]: Shape } | readonly [Shape];

export const outputShape: Shape = {
  "exit_code": {},
  "status_description": {},
  "changed": {},
  "invocation": {
    "extension": {},
    "version": {},
    "fields": {
      "action": {},
      "credentials_user": {},
      "credentials_password": {},
      "region": {},
      "role_based_access": {},
      "role_arn": {},
      "function_name": {},
      "invocation_type": {},
      "payload_source": {},
      "payload_script": {},
      "client_context_source": {},
      "client_context_script": {},
      "log_type": {},
      "qualifier": {},
      "use_proxy": {},
      "proxy_type": {},
      "proxy": {},
      "proxy_credentials_user": {},
      "proxy_credentials_password": {},
      "proxy_ca_bundle_file": {},
      "wait_for_completion_timeout": {},
      "endpoint_url": {},
      "payload_file": {},
      "role_external_id": {},
      "role_session_name": {},
      "role_duration_seconds": {},
      "connect_timeout": {},
      "max_attempts": {},
      "sts_endpoint_url": {},
      "fail_on_function_error": {},
      "tenant_id": {},
      "durable_execution_name": {},
      "wait_for_durable_execution": {},
      "durable_timeout": {},
      "on_timeout": {},
      "on_cancel": {},
      "callback_id": {},
      "callback_result": {},
      "callback_payload": {},
      "callback_error_type": {},
      "callback_error_message": {},
      "full_log_wait": {},
      "log_file": {},
      "trace_id": {},
      "response_mode": {},
      "response_file": {},
      "marker": {},
      "max_items": {},
      "function_version": {}
    }
  },
  "result": {
    "status_code": {},
    "log_result": {},
    "log_complete": {},
    "payload": {},
    "executed_version": {},
    "function_error": {},
    "execution": {},
    "request_id": {},
    "trace_id": {},
    "report": {
      "duration_ms": {},
      "billed_duration_ms": {},
      "memory_size_mb": {},
      "max_memory_used_mb": {},
      "init_duration_ms": {},
      "xray_trace_id": {}
    },
    "durable_execution_arn": {},
    "durable": {
      "name": {},
      "arn": {},
      "status": {},
      "started_at": {},
      "ended_at": {},
      "waiting_for": [
        {
          "kind": {},
          "name": {},
          "callback_id": {},
          "until": {}
        }
      ],
      "invocations": [
        {}
      ],
      "resumed": {}
    },
    "attempts": {},
    "error": [
      {
        "name": {},
        "message": {},
        "field": {}
      }
    ],
    "functions": [
      {
        "function_name": {},
        "function_arn": {},
        "runtime": {},
        "role": {},
        "handler": {},
        "version": {},
        "description": {},
        "last_modified": {},
        "timeout": {},
        "memory_size": {}
      }
    ],
    "count": {},
    "next_marker": {},
    "account_limits": null,
    "account_usage": null,
    "check": {
      "call": {},
      "region": {},
      "endpoint": {},
      "credentials": {}
    },
    "payload_saved": {
      "path": {},
      "bytes": {},
      "sha256": {},
      "json": {}
    },
    "payload_json": null
  }
};
