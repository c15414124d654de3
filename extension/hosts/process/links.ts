import { dirname, isAbsolute, sep } from 'node:path';
import { readlink } from './fs.ts';

/** What a path leads to through symbolic links, which need not exist. Links to descriptors of this process are kept. */
export async function targetOf(path: string): Promise<string> {
  let target = path;
  for (let links = 0; links < 40 && !isDescriptor(target); links += 1) {
    const link = await readLink(target);
    if (link === null) break;
    // Not normalized: what `..` leads to is for the file system to say, which follows the links before it.
    target = isAbsolute(link) ? link : `${dirname(target)}${sep}${link}`;
  }
  return target;
}

async function readLink(path: string): Promise<string | null> {
  try {
    return await readlink(path);
  } catch {
    return null; // no link, or nothing there
  }
}

/** Whether a path names a descriptor of this process, which is to be written to and never to be replaced. */
export function isDescriptor(path: string): boolean {
  return process.platform !== 'win32' && /^\/(?:dev\/(?:std(?:in|out|err)|fd\/\d+)|proc\/self\/fd\/\d+)$/.test(path);
}

export function isStandardInput(path: string): boolean {
  return isDescriptor(path) && /\/(?:stdin|fd\/0)$/.test(path);
}

export function isStandardOutput(path: string): boolean {
  return isDescriptor(path) && /\/(?:stdout|fd\/1)$/.test(path);
}
