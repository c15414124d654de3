/**
 * Bundles the Node-RED nodes: awslambda.js with its chunks, the editor's form in awslambda.html, texts, help and icons.
 * Apart from dist/main.cjs, so that the one-shot task starts with nothing of it.
 */
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { formsHtml } from '../../extension/hosts/node-red/editor/forms.mjs';
import { lighterLibrary } from './lighter.mjs';
import { selfContained } from './self-contained.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const from = `${root}extension/hosts/node-red`;

/** Writes the nodes into a folder, and gives the modules that went into them. */
export async function bundleNodeRed(to = `${root}dist/node-red`) {
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { recursive: true });
  const [modules] = await Promise.all([
    bundleRuntime(to),
    bundleEditor(to),
    cp(`${from}/locales`, `${to}/locales`, { recursive: true }),
    cp(`${from}/icons`, `${to}/icons`, { recursive: true }),
    // Node-RED requires the file that package.json names, and finds its form by the ending .js.
    writeFile(`${to}/package.json`, '{ "type": "commonjs" }\n'),
  ]);
  return modules;
}

async function bundleRuntime(to) {
  const bundle = await rolldown({
    input: { awslambda: `${from}/awslambda.ts` },
    platform: 'node',
    cwd: root,
    resolve: { mainFields: ['module', 'main'] },
    plugins: [lighterLibrary(), selfContained],
  });
  const names = { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name].js' };
  const { output } = await bundle.write({ dir: to, format: 'cjs', ...names, minify: true });
  await bundle.close();
  return output.flatMap((chunk) => chunk.moduleIds ?? []);
}

/** The editor's side is one HTML file: style, script and forms. */
async function bundleEditor(to) {
  const bundle = await rolldown({ input: `${from}/editor/index.js`, platform: 'browser', cwd: root });
  const { output } = await bundle.generate({ format: 'iife' });
  await bundle.close();
  const style = await readFile(`${from}/editor/style.css`, 'utf8');
  const script = output[0].code.replaceAll('</script', '<\\/script');
  const html = `<style>\n${style}</style>\n<script type="text/javascript">\n${script}</script>\n${formsHtml()}\n`;
  await writeFile(`${to}/awslambda.html`, html);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundleNodeRed();
