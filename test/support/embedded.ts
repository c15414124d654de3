import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { schemaVersion } from '../../extension/hosts/fleet/database/checks.ts';
import { openDatabase } from '../../extension/hosts/fleet/database/open.ts';
import { serverPid } from './processes.ts';
import { root } from './run-program.ts';
import { until } from './until.ts';

const silent = { error() {}, warn() {}, info() {}, debug() {} };

/**
 * A new folder of an embedded database, whose making takes many seconds: it is a copy of one that is made once on this
 * machine, with the fleet's tables in it.
 */
export async function embeddedFolder(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'embedded-'));
  cpSync(await template(), folder, { recursive: true });
  return folder;
}

/** The environment of a process that uses the embedded database in a folder. */
export const embeddedUrl = (folder: string) => `embedded:${folder}`;

async function template(): Promise<string> {
  const manifest = readFileSync(`${root}node_modules/@electric-sql/pglite/package.json`, 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  const path = join(tmpdir(), `ue-aws-lambda-template-${version}-${schemaVersion}-${userInfo().uid}`);
  if (existsSync(path)) return path;
  const fresh = mkdtempSync(join(tmpdir(), 'embedded-'));
  const database = await openDatabase({ url: embeddedUrl(fresh) }, {}, silent);
  await database.close();
  await until(() => serverPid(fresh) === null);
  for (const name of ['lock', 'lock-journal', 'server.log']) rmSync(join(fresh, name), { force: true });
  try {
    renameSync(fresh, path);
  } catch {
    rmSync(fresh, { recursive: true, force: true }); // another process was faster
  }
  return path;
}
