// Writes the library's types: what its entry exports and what that refers to, and nothing of any other package.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

export function writeTypes(folder) {
  const emitted = mkdtempSync(join(tmpdir(), 'types-'));
  try {
    const words = ['--project', `${root}build/bundle/tsconfig.types.json`, '--outDir', emitted];
    execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, ...words], { stdio: 'inherit' });
    for (const path of reachable(join(emitted, 'index.d.ts'))) cpSync(path, join(folder, relative(emitted, path)));
  } finally {
    rmSync(emitted, { recursive: true });
  }
}

/** The declarations that an entry leads to. Those of a package that users do not have would not compile for them. */
function reachable(entry) {
  const found = new Set([entry]);
  for (const path of found) {
    for (const [, name] of readFileSync(path, 'utf8').matchAll(/\b(?:from |import\()['"]([^'"]+)['"]/g)) {
      if (name.startsWith('.')) found.add(join(dirname(path), name.replace(/\.[jt]s$/, '.d.ts')));
      else if (!name.startsWith('node:')) throw new Error(`${relative(dirname(entry), path)} needs ${name}, ${remedy}`);
    }
  }
  return found;
}

const remedy =
  'which users of the library do not have: give it a type of our own, or mark what is not for them @internal';
