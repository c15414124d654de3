import type { Violation } from '../errors.ts';
import { endpointUrlFault } from '../formats/endpoint-url.ts';
import { type FunctionName, parseFunctionName } from '../formats/function-name.ts';
import { parseJson } from '../formats/parse-json.ts';
import { type Proxies, parseProxies } from '../formats/proxies.ts';
import type { Fields } from './fields.gen.ts';
import { callbackFault, clientContextFault, payloadFault } from './sizes.ts';

/** What the rules found in the texts of the fields. A part is absent when its field is unset or not used. */
export interface Parsed {
  readonly functionName?: FunctionName;
  readonly proxies?: Proxies;
  /** The bytes of payload_script. */
  readonly payload?: Uint8Array;
}

interface Finding {
  readonly parsed?: Parsed;
  readonly violations?: readonly Violation[];
}

type Rule = (fields: Partial<Fields>) => Finding;

/** Applies the rules that the schema cannot state. Absent fields are unset or already reported. */
export function applyRules(fields: Partial<Fields>): Required<Finding> {
  const findings = rules.map((rule) => rule(fields));
  return {
    parsed: Object.assign({}, ...findings.map(({ parsed }) => parsed)),
    violations: findings.flatMap(({ violations = [] }) => violations),
  };
}

const broken = (field: keyof Fields, message: string | null): Violation[] =>
  message === null ? [] : [{ field, message }];

const rules: readonly Rule[] = [
  function functionName({ function_name, qualifier, region, endpoint_url }) {
    if (function_name === undefined) return {};
    const name = parseFunctionName(function_name);
    if (typeof name === 'string') return { violations: broken('function_name', name) };
    const twice = name.qualifier !== undefined && qualifier !== undefined && name.qualifier !== qualifier;
    const elsewhere = name.region !== undefined && region !== undefined && name.region !== region && !endpoint_url;
    return {
      parsed: { functionName: name },
      violations: [
        ...broken('qualifier', twice ? 'conflicts with the one inside function_name; give it in one place only' : null),
        ...broken('region', elsewhere ? `contradicts the region of the ARN in function_name, ${name.region}` : null),
      ],
    };
  },

  function logType({ log_type, invocation_type }) {
    const useless = log_type === 'Tail' && invocation_type !== undefined && invocation_type !== 'Request Response';
    const message = useless ? 'Tail works only with invocation_type Request Response; set None' : null;
    return { violations: broken('log_type', message) };
  },

  function urls({ endpoint_url, sts_endpoint_url }) {
    return {
      violations: [
        ...broken('endpoint_url', endpoint_url === undefined ? null : endpointUrlFault(endpoint_url)),
        ...broken('sts_endpoint_url', sts_endpoint_url === undefined ? null : endpointUrlFault(sts_endpoint_url)),
      ],
    };
  },

  function proxyList({ use_proxy, proxy }) {
    if (use_proxy !== true || proxy === undefined) return {};
    const proxies = parseProxies(proxy);
    return typeof proxies === 'string' ? { violations: broken('proxy', proxies) } : { parsed: { proxies } };
  },

  function payload({ payload_source, payload_script, invocation_type, wait_for_durable_execution }) {
    if (payload_source !== 'Script' || payload_script === undefined) return {};
    const json = parseJson(payload_script);
    if ('fault' in json) return { violations: broken('payload_script', json.fault) };
    const bytes = Buffer.from(payload_script);
    const fault = payloadFault(bytes.length, wait_for_durable_execution ? 'Event' : invocation_type);
    return { parsed: { payload: bytes }, violations: broken('payload_script', fault) };
  },

  function clientContext({ client_context_source, client_context_script }) {
    if (client_context_source !== 'Script' || client_context_script === undefined) return {};
    const json = parseJson(client_context_script);
    const fault = 'fault' in json ? json.fault : clientContextFault(Buffer.byteLength(client_context_script));
    return { violations: broken('client_context_script', fault) };
  },

  function durableWait(fields) {
    const { action, wait_for_durable_execution, function_name, qualifier, invocation_type, log_type } = fields;
    if (wait_for_durable_execution !== true || action !== 'Trigger Lambda Function') return {};
    const name = function_name === undefined ? null : parseFunctionName(function_name);
    const unqualified = qualifier === undefined && typeof name === 'object' && name?.qualifier === undefined;
    return {
      violations: [
        ...broken('qualifier', unqualified ? qualifierNeeded : null),
        ...broken('invocation_type', invocation_type === 'Dry Run' ? 'Dry Run starts nothing to wait for' : null),
        ...broken(
          'log_type',
          log_type === 'Tail' ? 'Tail is not in the answer to a durable execution; set None' : null,
        ),
      ],
    };
  },

  function callback({ action, callback_result, callback_payload, callback_error_type, callback_error_message }) {
    if (action !== 'Send Callback') return {};
    const size = Buffer.byteLength([callback_payload, callback_error_type, callback_error_message].join(''));
    const useless = callback_result === 'Heartbeat' && callback_payload !== undefined;
    const noError = callback_result === undefined || callback_result === 'Failure';
    const misplaced = (value: unknown) => (noError || value === undefined ? null : 'goes with callback_result Failure');
    return {
      violations: [
        ...broken('callback_payload', useless ? 'a Heartbeat has no payload' : callbackFault(size)),
        ...broken('callback_error_type', misplaced(callback_error_type)),
        ...broken('callback_error_message', misplaced(callback_error_message)),
      ],
    };
  },
];

const qualifierNeeded =
  'is required with wait_for_durable_execution: AWS Lambda starts durable executions of a version, an alias or $LATEST';
