import { readFileSync, statSync } from 'node:fs';
import type { Environment } from '../../ports.ts';
import { Secret } from '../../secret.ts';
import type { Sections } from '../profile.ts';

/** What the providers of the chain may have sent, so that an answer can quote it: tokens and the keys of profiles. */
export function chainSecrets(
  environment: Environment,
  { config, credentials }: { readonly config: Sections; readonly credentials: Sections },
): Secret[] {
  const sections = [...Object.values(config), ...Object.values(credentials)];
  const values = [
    ...secretVariables.map((name) => environment[name]),
    ...tokenFiles.map((name) => contentOf(environment[name])),
    ...sections.flatMap((section) => secretSettings.map((name) => section?.[name])),
    ...sections.map((section) => contentOf(section?.web_identity_token_file)),
  ];
  return values.filter((value) => value !== undefined && value !== '').map((value) => new Secret(value as string));
}

const secretVariables = ['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_CONTAINER_AUTHORIZATION_TOKEN'];
const tokenFiles = ['AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'];
const secretSettings = ['aws_access_key_id', 'aws_secret_access_key', 'aws_session_token'];

/** The text of a token's file; a token has a few KB. */
function contentOf(path: string | undefined): string | undefined {
  if (!path) return undefined;
  try {
    const found = statSync(path);
    return found.isFile() && found.size < 2 ** 16 ? readFileSync(path, 'utf8').trim() : undefined;
  } catch {
    return undefined;
  }
}
