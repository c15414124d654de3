import type { Violation } from '../errors.ts';
import { endpointUrlFault } from '../formats/endpoint-url.ts';
import { type FunctionName, parseFunctionName } from '../formats/function-name.ts';
import { parseJson } from '../formats/parse-json.ts';
import { type Proxies, parseProxies } from '../formats/proxies.ts';
import { parseTrace, type Trace } from '../formats/trace-id.ts';
import type { Fields } from './fields.gen.ts';
import { clientContextFault, payloadFault } from './sizes.ts';

/** What the rules found in the texts of the fields. A part is absent when its field is unset or not used. */
export interface Parsed {
  readonly functionName?: FunctionName;
  readonly proxies?: Proxies;
  readonly trace?: Trace;
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

const noTrace = 'must be 1-8 hexadecimal digits-24 hexadecimal digits, an X-Amzn-Trace-Id header, or a traceparent';

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

  function logType({ log_type, invocation_type, log_file, response_file }) {
    const isAsked = log_type === 'Tail' || log_type === 'Full';
    const useless = isAsked && invocation_type !== undefined && invocation_type !== 'Request Response';
    const message = useless ? `${log_type} works only with invocation_type Request Response; set None` : null;
    const needless = log_file !== undefined && log_type !== 'Full' ? 'works only with log_type Full; set that' : null;
    const same =
      log_file !== undefined && log_file === response_file ? 'must be another file than response_file' : null;
    return { violations: [...broken('log_type', message), ...broken('log_file', needless ?? same)] };
  },

  function traceId({ trace_id }) {
    if (trace_id === undefined) return {};
    const trace = parseTrace(trace_id);
    return trace === null ? { violations: broken('trace_id', noTrace) } : { parsed: { trace } };
  },

  function responseMode({ response_mode, invocation_type, durable_execution_name }) {
    if (response_mode !== 'Streamed') return {};
    const queued = invocation_type === 'Event' ? 'Streamed works only with an answer, and Event has none' : null;
    const durable = 'Streamed cannot start a durable execution; leave durable_execution_name out, or set Buffered';
    return { violations: broken('response_mode', queued ?? (durable_execution_name === undefined ? null : durable)) };
  },

  function responseFile({ response_file, invocation_type }) {
    const useless = response_file !== undefined && invocation_type === 'Event';
    const message = useless ? 'works only with an answer, and Event has none; leave it out' : null;
    return { violations: broken('response_file', message) };
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

  function payload({ payload_source, payload_script, invocation_type }) {
    if (payload_source !== 'Script' || payload_script === undefined) return {};
    const json = parseJson(payload_script);
    if ('fault' in json) return { violations: broken('payload_script', json.fault) };
    const bytes = Buffer.from(payload_script);
    const fault = payloadFault(bytes.length, invocation_type);
    return { parsed: { payload: bytes }, violations: broken('payload_script', fault) };
  },

  function clientContext({ client_context_source, client_context_script }) {
    if (client_context_source !== 'Script' || client_context_script === undefined) return {};
    const json = parseJson(client_context_script);
    const fault = 'fault' in json ? json.fault : clientContextFault(Buffer.byteLength(client_context_script));
    return { violations: broken('client_context_script', fault) };
  },
];
