import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder with one of each kind of file that is no regular one. */
export interface SpecialFiles {
  readonly folder: string;
  readonly fifo: string;
  readonly linkToFifo: string;
  readonly socket: string;
  readonly loop: string;
  close(): void;
}

export async function specialFiles(): Promise<SpecialFiles> {
  const folder = mkdtempSync(join(tmpdir(), 'special-files-'));
  const [fifo, linkToFifo, socket, loop] = ['fifo', 'link', 'socket', 'loop'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
    string,
  ];
  execFileSync('mkfifo', [fifo]);
  symlinkSync(fifo, linkToFifo);
  symlinkSync(loop, loop);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return { folder, fifo, linkToFifo, socket, loop, close: () => server.close() };
}

export const isRoot = process.getuid?.() === 0;

/** Whether something can be mounted here, as root in a container often cannot. */
export const canMount = isRoot && spawnSync('unshare', ['--mount', 'true']).status === 0;

/** A file system of its own of so many KB. */
export function mountSmallDisk(kilobytes: number): { readonly folder: string; unmount(): void } {
  const folder = join(mkdtempSync(join(tmpdir(), 'small-disk-')), 'disk');
  mkdirSync(folder);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder]);
  return { folder, unmount: () => execFileSync('umount', [folder]) };
}
