// Bundles everything that ships into dist/:
//   main.cjs      starts program.cjs, from V8's cache when it can
//   program.cjs   what every task needs; the other .cjs files are loaded only when a task needs them
//   index.js      the library, with its types in types/
//   node-red/     the Node-RED nodes, with nothing that the others load
//   man/          the man page
//   embedded/     the process of the embedded database, with PGlite
//   cache/        V8's caches for this Node, from a real run
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { cliPages } from '../derive/cli-pages.mjs';
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

/**
 * The modules whose code runs before a task is known: what the entry imports statically, directly or not, less what the
 * bundler finds unused. In one file, so that a task opens no other.
 */
async function neededAtStart() {
  const bundle = await rolldown({ ...input, input: { program: entry }, plugins: [lighterProgram()], ...quiet });
  const { output } = await bundle.generate({ format: 'cjs' });
  await bundle.close();
  const chunks = new Map(output.map((chunk) => [chunk.fileName, chunk]));
  const first = output.find((chunk) => chunk.isEntry);
  const loaded = new Set([first]);
  for (const chunk of loaded) for (const name of chunk.imports) if (chunks.has(name)) loaded.add(chunks.get(name));
  return new Set([...loaded].flatMap((chunk) => Object.keys(chunk.modules)));
}

// Which imports are dynamic in vain says the second pass.
const quiet = { logLevel: 'silent' };

async function write(options, output) {
  const bundle = await rolldown({ ...input, ...options, plugins: [options.plugins, selfContained] });
  const written = await bundle.write(output);
  await bundle.close();
  return written.output.flatMap((chunk) => chunk.moduleIds ?? []);
}

async function program() {
  const needed = await neededAtStart();
  return write(
    { input: { program: entry }, plugins: [lighterProgram()], preserveEntrySignatures: false },
    {
      dir: dist,
      format: 'cjs',
      entryFileNames: '[name].cjs',
      chunkFileNames: '[name].cjs',
      dynamicImportInCjs: false, // V8's code cache cannot serve a script with import() in it
      minify: true,
      codeSplitting: {
        groups: [{ name: (id) => (needed.has(id) ? 'program' : null), debugName: 'program' }],
        includeDependenciesRecursively: false,
      },
    },
  );
}

/**
 * Makes the program quicker to read: in ASCII it is a text as it is, which saves a millisecond of decoding, and the
 * bundler's own helpers are in it, which saves it a file.
 */
async function readable() {
  const names = (await readdir(dist)).filter((name) => name.endsWith('.cjs'));
  for (const name of names) {
    const text = await readFile(`${dist}/${name}`, 'utf8');
    const whole = name === 'program.cjs' ? await withHelpers(text) : text;
    await writeFile(`${dist}/${name}`, whole.replace(/[^\0-\x7f]/g, escaped));
  }
}

/** In strings and patterns, the only places where the bundles have such characters, an escape means the same. */
function escaped(character) {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

async function withHelpers(program) {
  const [before, after, ...more] = program.split('require("./rolldown-runtime.cjs")');
  if (after === undefined || more.length > 0) throw new Error('the bundler loads its helpers in another way');
  const helpers = await readFile(`${dist}/rolldown-runtime.cjs`, 'utf8');
  return `${before}((exports)=>{${helpers}\nreturn exports})({})${after}`;
}

/** The child processes of the local endpoint run this file by itself. */
function lambdaRuntime() {
  const options = { file: `${dist}/lambda-runtime.mjs`, format: 'esm', minify: true, codeSplitting: false };
  return write({ input: `${root}local/lambda-runtime.mjs` }, options);
}

/** The process of the embedded database, with PGlite and the files that it reads. */
async function embeddedServer() {
  const folder = `${dist}/embedded`;
  const options = { file: `${folder}/server.mjs`, format: 'esm', minify: true, codeSplitting: false };
  const input = `${root}extension/hosts/fleet/database/embedded/server.ts`;
  const modules = await write({ input, checks: { eval: false } }, options); // Emscripten's own
  const pglite = `${root}node_modules/@electric-sql/pglite/dist`;
  for (const file of ['pglite.wasm', 'pglite.data', 'initdb.wasm'])
    await copyFile(`${pglite}/${file}`, `${folder}/${file}`);
  return modules;
}

function library() {
  const names = { entryFileNames: '[name].js', chunkFileNames: 'library/[name]-[hash].js' };
  const input = { index: `${root}extension/index.ts` };
  return write({ input, plugins: [lighterLibrary()] }, { dir: dist, format: 'esm', ...names });
}

await rm(dist, { recursive: true, force: true });
const ofProgram = await program();
await readable();
const modules = [
  ...ofProgram,
  ...(await lambdaRuntime()),
  ...(await embeddedServer()),
  ...(await library()),
  ...(await bundleNodeRed()),
];
await copyFile(`${root}build/bundle/launcher.cjs`, `${dist}/main.cjs`);
await writeNotices(modules, `${dist}/THIRD-PARTY-NOTICES.txt`);
writeTypes(`${dist}/types`);
await mkdir(`${dist}/man`);
await writeFile(`${dist}/man/ue-aws-lambda.1`, (await cliPages()).man);
await warmUp();
