import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Every Python from 3.7 on that this machine has, one for each minor version. */
export function findPythons(): [version: string, path: string][] {
  const installed = join(process.env.PYENV_ROOT ?? join(homedir(), '.pyenv'), 'versions');
  const candidates = [
    ...(existsSync(installed) ? readdirSync(installed).map((name) => join(installed, name, 'bin', 'python3')) : []),
    'python3',
    ...Array.from({ length: 9 }, (_, index) => `python3.${index + 7}`),
  ];
  const found = new Map<string, string>();
  for (const path of candidates) {
    const { status, stdout } = spawnSync(path, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'], {
      encoding: 'utf8',
    });
    const version = status === 0 ? stdout.trim() : '';
    if (/^3\.([7-9]|\d\d)$/.test(version) && !found.has(version)) found.set(version, path);
  }
  return [...found].sort(([a], [b]) => Number(a.slice(2)) - Number(b.slice(2)));
}
