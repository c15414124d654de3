// How modules load in the worker: TypeScript without its types, each module of the project anew for each mutant (the
// number is the query of its URL), `@jest/globals` as globals.mjs.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';

const globals = new URL('globals.mjs', import.meta.url).href;
const root = new URL('../../../', import.meta.url).href;
const plain = new Map();

let edits;
let shared;

export function initialize(data) {
  edits = new Map(data.edits.map((edit) => [edit.id, edit]));
  shared = data.shared.map((path) => root + path);
}

export async function resolve(specifier, context, next) {
  if (specifier === '@jest/globals') return { url: globals, shortCircuit: true };
  const resolved = await next(specifier, context);
  const generation = /\?mutant=.*$/.exec(context.parentURL ?? '')?.[0];
  const { url } = resolved;
  const isOwn = url.startsWith(root) && !url.includes('/node_modules/') && !/\.json|\?/.test(url);
  if (generation === undefined || !isOwn || url === globals || shared.includes(url)) return resolved;
  return { ...resolved, url: url + generation };
}

export async function load(url, context, next) {
  const [bare, generation = ''] = url.split('?mutant=');
  if (!bare.startsWith(root) || !bare.endsWith('.ts')) return next(url, context);
  const edit = edits.get(generation);
  const changed = edit?.files[bare.slice(root.length)];
  if (changed !== undefined) return module(strip(changed));
  if (!plain.has(bare)) plain.set(bare, strip(readFileSync(fileURLToPath(bare), 'utf8')));
  return module(plain.get(bare));
}

function module(source) {
  return { format: 'module', source, shortCircuit: true };
}

function strip(source) {
  return transformSync(source, {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022', experimental: { keepImportAttributes: true } },
    module: { type: 'es6' },
    isModule: true,
  }).code;
}
