// Bundles the program into dist/: main.cjs and the chunks that it loads only when a task needs them.
import { copyFile, rm } from 'node:fs/promises';
import { rolldown } from 'rolldown';

const root = new URL('../', import.meta.url).pathname;

await rm(`${root}dist`, { recursive: true, force: true });
const bundle = await rolldown({
  input: { main: `${root}extension/main.ts` },
  platform: 'node',
  cwd: root,
  resolve: { mainFields: ['module', 'main'] },
});
await bundle.write({
  dir: `${root}dist`,
  format: 'cjs',
  entryFileNames: '[name].cjs',
  chunkFileNames: '[name].cjs',
  minify: true,
});
await bundle.close();
await copyFile(`${root}local/lambda-runtime.mjs`, `${root}dist/lambda-runtime.mjs`);
