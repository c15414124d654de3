// The pages that come from the definitions of the commands: docs/cli.md (`npm run generate`) and the man page (the build).
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What runs a command is loaded when it runs, and is not needed to describe it. */
const withoutPrograms = { name: 'without-programs', resolveDynamicImport: (id) => ({ id, external: true }) };

/** The pages: {markdown, man}. */
export async function cliPages() {
  const input = `${root}extension/hosts/cli/reference.ts`;
  const bundle = await rolldown({ input, platform: 'node', cwd: root, plugins: [withoutPrograms], logLevel: 'silent' });
  // Its default is a pattern, which rolldown does not know as one in a test's own realm.
  const { output } = await bundle.generate({ format: 'esm', sourcemapIgnoreList: false });
  await bundle.close();
  const folder = mkdtempSync(join(tmpdir(), 'cli-pages-'));
  try {
    const file = join(folder, 'reference.mjs');
    writeFileSync(file, output[0].code);
    const { markdown, man } = await import(pathToFileURL(file).href);
    return { markdown: markdown(), man: man() };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(`${root}docs/cli.md`, (await cliPages()).markdown);
}
