import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';

/** A handler file that is served as a function. */
export interface FunctionFile {
  readonly name: string;
  readonly file: string;
  /** The directory and the `module.export` that the runtime loads the handler from. */
  readonly root: string;
  readonly handler: string;
  readonly codeSize: number;
  readonly modified: number;
}

const EXTENSIONS = new Set(['.js', '.mjs', '.cjs']);
const NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** Lists the functions of a directory by name: `NAME.js`, `.mjs` or `.cjs`, and folders `NAME/` with an `index` of these. */
export function findFunctions(directory: string): Map<string, FunctionFile> {
  const found = new Map<string, FunctionFile>();
  for (const entry of readEntries(directory)) look(found, directory, entry);
  return found;
}

/** Finds one function without looking at all the others. */
export function findFunction(directory: string, name: string): FunctionFile | undefined {
  const found = new Map<string, FunctionFile>();
  if (!NAME.test(name) || name === 'node_modules') return undefined;
  for (const entry of [name, ...[...EXTENSIONS].map((extension) => name + extension)]) look(found, directory, entry);
  return found.get(name);
}

function look(found: Map<string, FunctionFile>, directory: string, entry: string): void {
  const path = join(directory, entry);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isDirectory()) {
    const index = readEntries(path).find((name) => isHandlerFile(name) && basename(name, extname(name)) === 'index');
    if (index !== undefined) add(found, entry, join(path, index));
  } else if (stats?.isFile() && isHandlerFile(entry)) {
    add(found, basename(entry, extname(entry)), path);
  }
}

function add(found: Map<string, FunctionFile>, name: string, file: string): void {
  if (!NAME.test(name)) return;
  const other = found.get(name);
  if (other !== undefined) {
    throw new Error(`Two files would be the function "${name}": ${other.file} and ${file}. Rename or remove one.`);
  }
  const { size, mtimeMs } = statSync(file);
  const handler = `${basename(file, extname(file))}.handler`;
  found.set(name, { name, file, root: dirname(file), handler, codeSize: size, modified: mtimeMs });
}

function isHandlerFile(name: string): boolean {
  return EXTENSIONS.has(extname(name));
}

function readEntries(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter((name) => !name.startsWith('.') && name !== 'node_modules')
      .sort();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new Error(`The directory ${directory} does not exist. Name one with handler files.`);
    if (code === 'ENOTDIR')
      throw new Error(`${directory} is not a directory. Name the folder that holds the handlers.`);
    throw error;
  }
}
