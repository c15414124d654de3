import schema from '../../../schemas/fields.schema.json' with { type: 'json' };
import { fieldLimits, fieldTable } from '../../task/fields.gen.ts';
import type { Action } from '../../task/task.ts';
import { type FieldName, fieldNames } from '../../task/wire.ts';
import type { Flag, Flags, Given } from './command.ts';

const connection = 'Connection';
const limits = 'Time limits and attempts';

/** A flag that sets the field of the same name. */
export function fieldFlag(field: FieldName, group: string, over: Partial<Flag> = {}): Flags {
  const { kind, choices } = fieldTable[field];
  const declared: { description: string; default?: unknown } = schema.properties[field];
  const bounds: { minimum?: number; maximum?: number } = Reflect.get(fieldLimits, field) ?? {};
  const { minimum, maximum } = bounds;
  const flag: Flag = {
    help: declared.description,
    group,
    value: kind === 'integer' ? 'N' : kind === 'text' ? 'TEXT' : 'VALUE',
    fields: [field],
    ...(choices && { choices }),
    ...(kind === 'boolean' && { choices: ['true', 'false'] }),
    ...(declared.default !== undefined && { default: String(declared.default) }),
    ...(minimum !== undefined && maximum !== undefined && { range: [minimum, maximum] as const }),
    ...over,
  };
  return { [flagName(field)]: flag };
}

function flagName(field: string): string {
  return field.replaceAll('_', '-');
}

/** How AWS is reached: the flags of every command that asks it. */
export const connectionFlags: Flags = {
  ...fieldFlag('region', connection, {
    value: 'REGION',
    help: 'AWS region. Unset: the region in a full function ARN, AWS_REGION, AWS_DEFAULT_REGION, then the profile’s.',
  }),
  profile: {
    group: connection,
    value: 'NAME',
    help: 'Take credentials, region and endpoints from this profile of ~/.aws, before the keys in the environment.',
    fields: ['credentials'],
    set: (name) => ({ credentials: { from: `profile:${name}` } }),
  },
  ...fieldFlag('endpoint_url', connection, { value: 'URL' }),
  ...fieldFlag('sts_endpoint_url', connection, { value: 'URL' }),
  'role-arn': {
    group: connection,
    value: 'ARN',
    help: 'IAM role to assume first.',
    fields: ['role_based_access', 'role_arn'],
    set: (arn) => ({ role_based_access: true, role_arn: arn }),
  },
  ...fieldFlag('role_external_id', connection),
  ...fieldFlag('role_session_name', connection),
  ...fieldFlag('role_duration_seconds', connection, { value: 'SECONDS' }),
  proxy: {
    group: connection,
    value: 'URL',
    help: 'Proxy to go through, such as http://proxy.example.com:3128. A comma separates an http:// and an https:// one.',
    fields: ['use_proxy', 'proxy'],
    set: (url) => ({ use_proxy: true, proxy: url }),
  },
  ...fieldFlag('proxy_type', connection, { value: 'TYPE' }),
  'proxy-user': {
    group: connection,
    value: 'USER',
    help: 'User for the proxy; the password comes from the variable UE_AWS_LAMBDA_PROXY_PASSWORD.',
    fields: ['proxy_credentials'],
    set: (user) => ({ proxy_credentials: { user, password: process.env.UE_AWS_LAMBDA_PROXY_PASSWORD } }),
  },
  ...fieldFlag('proxy_ca_bundle_file', connection, { value: 'FILE', completes: 'file' }),
  ...fieldFlag('connect_timeout', limits, { value: 'SECONDS' }),
  timeout: {
    ...(fieldFlag('wait_for_completion_timeout', limits)['wait-for-completion-timeout'] as Flag),
    value: 'SECONDS',
    help: 'Seconds from the request sent to the last byte of the answer; of a stream, the longest silence between two bytes.',
    aliases: ['wait-for-completion-timeout'],
  },
  ...fieldFlag('max_attempts', limits),
};

/** Flags of a connection that mean nothing without another. */
export const connectionNeeds: Readonly<Record<string, string>> = {
  'role-external-id': 'role-arn',
  'role-session-name': 'role-arn',
  'role-duration-seconds': 'role-arn',
  'proxy-type': 'proxy',
  'proxy-user': 'proxy',
  'proxy-ca-bundle-file': 'proxy',
};

/** Flags for the fields that an action uses and the given flags leave out. */
export function otherFieldFlags(group: string, action: Action, taken: readonly Flags[]): Flags {
  const known = new Set(taken.flatMap((flags) => Object.values(flags).flatMap(({ fields = [] }) => fields)));
  const free = fieldNames.filter(
    (field) =>
      !known.has(field) &&
      !['action', 'function_name', 'payload_source'].includes(field) &&
      fieldTable[field].kind !== 'credential' &&
      usedBy(action, schema.properties[field]),
  );
  return Object.assign({}, ...free.map((field) => fieldFlag(field, group)));
}

/** A field without x-action is used by every action. */
function usedBy(action: Action, field: { readonly title: string; readonly 'x-action'?: readonly string[] }): boolean {
  return field['x-action']?.includes(action) ?? true;
}

/** The fields that the given flags set. */
export function fieldsOf(flags: Flags, given: Given): Record<string, unknown> {
  const parts = [...given.flags].map(([name, [value = '']]) => {
    const { set, fields = [] } = flags[name] ?? {};
    if (set !== undefined) return set(value);
    const [field] = fields;
    return field === undefined ? {} : { [field]: value };
  });
  return Object.assign({}, ...parts);
}
