import type { Violation } from '../errors.ts';
import { parseFunctionName } from '../formats/function-name.ts';
import { jsonFault } from '../formats/json-fault.ts';
import { parseProxies } from '../formats/proxies.ts';
import type { Fields } from './fields.gen.ts';
import { clientContextFault, payloadFault } from './limits.ts';

/** The rules that the schema cannot state. Absent fields are unset or already reported. */
export function brokenRules(fields: Partial<Fields>): Violation[] {
  return rules.flatMap((rule) => rule(fields));
}

type Rule = (fields: Partial<Fields>) => Violation[];

const broken = (field: keyof Fields, message: string | null): Violation[] =>
  message === null ? [] : [{ field, message }];

const rules: readonly Rule[] = [
  function functionName({ function_name, qualifier, region, endpoint_url }) {
    if (function_name === undefined) return [];
    const name = parseFunctionName(function_name);
    if (typeof name === 'string') return broken('function_name', name);
    const twice = name.qualifier !== undefined && qualifier !== undefined && name.qualifier !== qualifier;
    const elsewhere = name.region !== undefined && region !== undefined && name.region !== region && !endpoint_url;
    return [
      ...broken('qualifier', twice ? 'conflicts with the one inside function_name; give it in one place only' : null),
      ...broken('region', elsewhere ? `contradicts the region of the ARN in function_name, ${name.region}` : null),
    ];
  },

  function logType({ log_type, invocation_type }) {
    const useless = log_type === 'Tail' && invocation_type !== undefined && invocation_type !== 'Request Response';
    return broken('log_type', useless ? 'Tail works only with invocation_type Request Response; set None' : null);
  },

  function urls({ endpoint_url, sts_endpoint_url }) {
    return [
      ...broken('endpoint_url', endpoint_url === undefined ? null : urlFault(endpoint_url)),
      ...broken('sts_endpoint_url', sts_endpoint_url === undefined ? null : urlFault(sts_endpoint_url)),
    ];
  },

  function proxyList({ use_proxy, proxy }) {
    const proxies = use_proxy === true && proxy !== undefined ? parseProxies(proxy) : null;
    return broken('proxy', typeof proxies === 'string' ? proxies : null);
  },

  function payload({ payload_source, payload_script, invocation_type }) {
    if (payload_source !== 'Script' || payload_script === undefined) return [];
    const fault = jsonFault(payload_script) ?? payloadFault(Buffer.byteLength(payload_script), invocation_type);
    return broken('payload_script', fault);
  },

  function clientContext({ client_context_source, client_context_script }) {
    if (client_context_source !== 'Script' || client_context_script === undefined) return [];
    const fault = jsonFault(client_context_script) ?? clientContextFault(Buffer.byteLength(client_context_script));
    return broken('client_context_script', fault);
  },
];

/** What is wrong with the URL of an endpoint, or null. The URL is not quoted: it may hold a password. */
function urlFault(text: string): string | null {
  const url = /^https?:\/\/[^/]/i.test(text) ? parseUrl(text) : null;
  if (url === null) {
    return 'must be an http or https URL, such as https://vpce-0123.lambda.eu-west-1.vpce.amazonaws.com';
  }
  if (url.username !== '' || url.password !== '') return 'must not hold a user or password; use credentials for AWS';
  if (url.search !== '' || url.hash !== '') return 'must not have a query or fragment';
  return null;
}

function parseUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null; // the error quotes the text
  }
}
