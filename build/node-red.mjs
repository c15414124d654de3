/**
 * Bundles the connector into dist/connector: the library (index.js) and the Node-RED nodes (node-red/awslambda.js with
 * its form, help, texts and icons). Apart from dist/main.cjs, so that the one-shot task starts with nothing of it.
 */
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { formsHtml } from '../extension/hosts/node-red/editor/forms.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const from = `${root}extension/hosts/node-red`;
const to = `${root}dist/connector`;

await rm(to, { recursive: true, force: true });
await mkdir(`${to}/node-red`, { recursive: true });
await Promise.all([
  bundleRuntime(),
  bundleEditor(),
  cp(`${from}/locales`, `${to}/node-red/locales`, { recursive: true }),
  cp(`${from}/icons`, `${to}/node-red/icons`, { recursive: true }),
  // Node-RED requires the file that package.json names, and knows its form by the ending .js.
  writeFile(`${to}/package.json`, '{ "type": "commonjs" }\n'),
]);

async function bundleRuntime() {
  const bundle = await rolldown({
    input: { index: `${root}extension/index.ts`, 'node-red/awslambda': `${from}/awslambda.ts` },
    platform: 'node',
    cwd: root,
    resolve: { mainFields: ['module', 'main'] },
  });
  const names = { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name].js' };
  await bundle.write({ dir: to, format: 'cjs', ...names, minify: true });
  await bundle.close();
}

/** The editor's side is one HTML file: style, script and forms. */
async function bundleEditor() {
  const bundle = await rolldown({ input: `${from}/editor/index.js`, platform: 'browser', cwd: root });
  const { output } = await bundle.generate({ format: 'iife' });
  await bundle.close();
  const style = await readFile(`${from}/editor/style.css`, 'utf8');
  const script = output[0].code.replaceAll('</script', '<\\/script');
  const html = `<style>\n${style}</style>\n<script type="text/javascript">\n${script}</script>\n${formsHtml()}\n`;
  await writeFile(`${to}/node-red/awslambda.html`, html);
}
