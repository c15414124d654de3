import { profileFields } from '../../connector/profile.gen.ts';
import type { ConnectionProfile } from '../../connector/profile.ts';

export type FieldName = keyof ConnectionProfile;

/** Kept by Node-RED apart from the flow, encrypted. Texts are shown in the editor; passwords are never sent back to it. */
export const credentialTypes = {
  accessKeyId: { type: 'text' },
  secretAccessKey: { type: 'password' },
  sessionToken: { type: 'password' },
  proxyUser: { type: 'text' },
  proxyPassword: { type: 'password' },
} as const satisfies Partial<Record<FieldName, { type: 'password' | 'text' }>>;

/** The fields of the form that the flow file holds. */
export const configNames = (Object.keys(profileFields) as FieldName[]).filter(
  (name) => name !== 'id' && !Object.hasOwn(credentialTypes, name),
);

export const credentialNames = Object.keys(credentialTypes) as (keyof typeof credentialTypes)[];

export type Values = Readonly<Record<string, unknown>>;

/** Makes a profile from the form's values, which are texts. What is no number stays as it is, for the profile's check. */
export function profileOf(id: string, config: Values, credentials: Values): ConnectionProfile {
  const entries = [
    ...configNames.map((name) => [name, asField(name, config[name])]),
    ...credentialNames.map((name) => [name, credentials[name]]),
  ];
  return { ...Object.fromEntries(entries), id };
}

function asField(name: FieldName, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const text = value.trim();
  return profileFields[name].type === 'integer' && /^[0-9]+$/.test(text) ? Number(text) : text;
}
