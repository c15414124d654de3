import schema from '../../../schemas/fields.schema.json' with { type: 'json' };
import { fieldTable } from '../../task/fields.gen.ts';
import { type FieldName, fieldNames } from '../../task/wire.ts';

/** A flag of a command for people: the field it sets, or the fields that one word stands for. */
export interface Flag {
  readonly sets: Readonly<Record<string, unknown>>;
  /** The field that takes the flag's value; none for a plain switch. */
  readonly value?: FieldName;
  readonly help: string;
}

/** Words that set more than one field, or a field under a shorter name. */
const shortcuts: Readonly<Record<string, Flag>> = {
  payload: { sets: { payload_source: 'Script' }, value: 'payload_script', help: 'JSON text of the payload' },
  'payload-file': { sets: { payload_source: 'File' }, value: 'payload_file', help: 'file whose bytes are the payload' },
  'client-context': {
    sets: { client_context_source: 'Script' },
    value: 'client_context_script',
    help: 'JSON text of the client context',
  },
  event: { sets: { invocation_type: 'Event' }, help: 'queue the call and do not wait for the function' },
  'dry-run': { sets: { invocation_type: 'Dry Run' }, help: 'check permission and parameters only' },
  log: { sets: { log_type: 'Tail' }, help: 'show the last 4 KB of the execution log' },
  'role-arn': { sets: { role_based_access: true }, value: 'role_arn', help: 'IAM role to assume first' },
  proxy: { sets: { use_proxy: true }, value: 'proxy', help: 'proxy to go through, such as http://proxy:3128' },
};

/** The fields that a flag would show in the process list, or that a shortcut stands for. */
const withoutFlag = new Set<string>([
  ...Object.values(shortcuts).flatMap(({ sets, value }) => [...Object.keys(sets), ...(value ? [value] : [])]),
  ...['action', 'function_name'],
]);

/** Every flag by its word. Credentials have none: an argument list can be read by every user of the host. */
export function flagsOf(): Readonly<Record<string, Flag>> {
  const plain = fieldNames
    .filter((field) => !withoutFlag.has(field) && fieldTable[field].kind !== 'credential')
    .map((field): [string, Flag] => [field.replaceAll('_', '-'), { sets: {}, value: field, help: helpOf(field) }]);
  return { ...shortcuts, ...Object.fromEntries(plain) };
}

function helpOf(field: FieldName): string {
  return schema.properties[field].description;
}
