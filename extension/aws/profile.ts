import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../ports.ts';
import type { Connection } from '../task/connection.ts';

/** The settings of the AWS profile that holds for a task. The shared files are opened only when one is asked for. */
export interface Profile {
  readonly name: string;
  /** A setting of the profile; undefined when there is none, or no such profile. */
  setting(name: string): Promise<string | undefined>;
  /** The URL of a service: from the `services` section that the profile names, else the profile's own endpoint_url. */
  endpointUrl(service: string): Promise<string | undefined>;
}

/** The sections of a shared file: their settings by name. */
export type Sections = Readonly<Record<string, Readonly<Record<string, string | undefined>> | undefined>>;

/** The profile that the task's credentials name, else AWS_PROFILE, else `default`. */
export function profileOf({ credentials }: Connection, environment: Environment): Profile {
  const named = credentials.kind === 'reference' && credentials.reference.from === 'profile';
  const name = (named && credentials.reference.name) || environment.AWS_PROFILE || 'default';
  let files: ReturnType<typeof sharedFiles> | undefined;

  async function settings() {
    files ??= sharedFiles(environment);
    const { config, credentials: keys } = await files;
    return { config, profile: { ...keys[name], ...config[name] } };
  }

  return {
    name,
    setting: async (wanted) => (await settings()).profile[wanted] || undefined,
    async endpointUrl(service) {
      const { config, profile } = await settings();
      if (profile.ignore_configured_endpoint_urls?.toLowerCase() === 'true') return undefined;
      const section = profile.services ? config[`services.${profile.services}`] : undefined;
      return section?.[`${service}.endpoint_url`] || profile.endpoint_url || undefined;
    },
  };
}

/** Reads ~/.aws/config and ~/.aws/credentials, or what the environment names in their place. */
export async function sharedFiles(environment: Environment): Promise<{ config: Sections; credentials: Sections }> {
  const home = environment.HOME ?? environment.USERPROFILE ?? (await import('node:os')).homedir();
  const configFilepath = environment.AWS_CONFIG_FILE || join(home, '.aws', 'config');
  const filepath = environment.AWS_SHARED_CREDENTIALS_FILE || join(home, '.aws', 'credentials');
  // The parser takes longer to load than a look whether there is anything to parse.
  if (!existsSync(configFilepath) && !existsSync(filepath)) return { config: {}, credentials: {} };
  const { loadSharedConfigFiles } = await import('@smithy/core/config');
  const { configFile, credentialsFile } = await loadSharedConfigFiles({ configFilepath, filepath, ignoreCache: true });
  return { config: configFile, credentials: credentialsFile };
}
