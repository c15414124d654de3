import { realpathSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { Violation } from '../../../errors.ts';
import { readWire } from '../../../task/wire.ts';
import { filesOf } from '../job/data.ts';

/** The files that a task names outside of the folders that this worker lets tasks use, links followed. */
export function filesOutside(raw: unknown, folders: readonly string[]): readonly Violation[] {
  const allowed = folders.map(real);
  return filesOf(readWire(Object(raw)).fields).flatMap(([field, path]) =>
    allowed.some((folder) => isInside(real(path), folder))
      ? []
      : [{ field, message: 'is outside of the folders that this worker lets tasks use (--files)' }],
  );
}

/** The path without links, as far as it exists. */
function real(path: string): string {
  const whole = resolve(path);
  try {
    return realpathSync(whole);
  } catch {
    const parent = dirname(whole);
    return parent === whole ? whole : join(real(parent), relative(parent, whole));
  }
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '' && !/^\.\.([\\/]|$)/.test(way) && resolve(folder, way) === path;
}
