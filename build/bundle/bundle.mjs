// Bundles everything that ships into dist/:
//   main.cjs      starts program.cjs, from V8's cache when it can
//   program.cjs   what every task needs; the other .cjs files are loaded only when a task needs them
//   index.js      the library, with its types in types/
//   node-red/     the Node-RED nodes, with nothing that the others load
//   cache/        V8's caches for this Node, from a real run
import { copyFile, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { lighterLibrary, lighterProgram } from './lighter.mjs';
import { bundleNodeRed } from './node-red.mjs';
import { writeNotices } from './notices.mjs';
import { selfContained } from './self-contained.mjs';
import { writeTypes } from './types.mjs';
import { warmUp } from './warm-up.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const dist = `${root}dist`;
const entry = `${root}extension/main.ts`;

// The packages' ES modules: only they can be joined without a wrapper around each.
const input = { platform: 'node', cwd: root, resolve: { mainFields: ['module', 'main'] } };

let needed;

/** Puts what is imported statically from the entry into one file, so that a task opens no other. */
function chunkOf(id, graph) {
  needed ??= staticallyNeeded(graph);
  return needed.has(id) ? 'program' : null;
}

function staticallyNeeded(graph) {
  const found = new Set([entry]);
  for (const id of found) for (const imported of graph.getModuleInfo(id)?.importedIds ?? []) found.add(imported);
  return found;
}

async function write(options, output) {
  const bundle = await rolldown({ ...input, ...options, plugins: [options.plugins, selfContained] });
  const written = await bundle.write(output);
  await bundle.close();
  return written.output.flatMap((chunk) => chunk.moduleIds ?? []);
}

function program() {
  return write(
    { input: { program: entry }, plugins: [lighterProgram()], preserveEntrySignatures: false },
    {
      dir: dist,
      format: 'cjs',
      entryFileNames: '[name].cjs',
      chunkFileNames: '[name].cjs',
      dynamicImportInCjs: false, // V8's code cache cannot serve a script with import() in it
      minify: true,
      codeSplitting: { groups: [{ name: chunkOf, debugName: 'program' }], includeDependenciesRecursively: false },
    },
  );
}

/** The child processes of the local endpoint run this file by itself. */
function lambdaRuntime() {
  const options = { file: `${dist}/lambda-runtime.mjs`, format: 'esm', minify: true, codeSplitting: false };
  return write({ input: `${root}local/lambda-runtime.mjs` }, options);
}

function library() {
  const names = { entryFileNames: '[name].js', chunkFileNames: 'library/[name]-[hash].js' };
  const input = { index: `${root}extension/index.ts` };
  return write({ input, plugins: [lighterLibrary()] }, { dir: dist, format: 'esm', ...names });
}

await rm(dist, { recursive: true, force: true });
const modules = [...(await program()), ...(await lambdaRuntime()), ...(await library()), ...(await bundleNodeRed())];
await copyFile(`${root}build/bundle/launcher.cjs`, `${dist}/main.cjs`);
await writeNotices(modules, `${dist}/THIRD-PARTY-NOTICES.txt`);
writeTypes(`${dist}/types`);
await warmUp();
