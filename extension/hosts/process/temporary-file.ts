import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { open, readdir, unlink } from './fs.ts';

/** Those of this process, which a later one for the same target must leave alone. */
const inUse = new Set<string>();
let count = 0;

export interface TemporaryFile {
  readonly path: string;
  readonly file: number;
}

/** Makes an empty file beside the target, for its owner alone, and removes what dead processes left there for it. */
export async function openTemporary(target: string): Promise<TemporaryFile> {
  await sweep(target);
  count += 1;
  const path = join(dirname(target), `${prefixOf(target)}${process.pid}-${count}.tmp`);
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  inUse.add(path);
  return { path, file };
}

export async function removeTemporary(path: string): Promise<void> {
  inUse.delete(path);
  await unlink(path).catch(() => {});
}

/** Notes that the file has its final name. */
export function keepTemporary(path: string): void {
  inUse.delete(path);
}

/** With the host's name: several, or containers, may write to one shared folder, and each has its own process ids. */
function prefixOf(target: string): string {
  const name = basename(target);
  const short = Buffer.byteLength(name) <= 120 ? name : createHash('sha256').update(name).digest('hex');
  const host = hostname()
    .replace(/[^\w.-]/g, '')
    .slice(0, 60);
  return `.${short}.ue-aws-lambda-${host}-`;
}

/** Removes as far as it may. A folder that cannot be read may still be one to write in. */
async function sweep(target: string): Promise<void> {
  const folder = dirname(target);
  // The names of today, and those of version 2.0.0.
  const [prefix, formerPrefix] = [prefixOf(target), `.${basename(target)}.`];
  for (const name of await readdir(folder).catch(() => [])) {
    const pid = pidIn(name, prefix, /^(\d+)-\d+\.tmp$/) ?? pidIn(name, formerPrefix, /^(\d+)\.tmp$/);
    const path = join(folder, name);
    if (pid === null || inUse.has(path) || isAlive(pid)) continue;
    await unlink(path).catch(() => {});
  }
}

function pidIn(name: string, prefix: string, rest: RegExp): number | null {
  const pid = name.startsWith(prefix) ? rest.exec(name.slice(prefix.length))?.[1] : undefined;
  return pid === undefined ? null : Number(pid);
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false; // the number of a dead one that came round again
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
