// `node build/dev/pictures.mjs`: takes the pictures of Node-RED in docs/images/ from a run of the editor's test in Chromium.
import { execFileSync } from 'node:child_process';
import { copyFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const shots = `${root}test-output/editor/`;

/** Picture of the documents -> screenshot of the test. */
const pictures = { flow: 'catch', invoke: 'invoke', health: 'health bad' };

for (const shot of Object.values(pictures)) rmSync(`${shots}${shot}.png`, { force: true });
const jest = ['node_modules/jest/bin/jest.js', 'test/hosts/node-red/editor.test.ts'];
execFileSync(process.execPath, ['--experimental-vm-modules', '--no-warnings', ...jest], {
  cwd: root,
  stdio: 'inherit',
});
for (const [picture, shot] of Object.entries(pictures)) {
  copyFileSync(`${shots}${shot}.png`, `${root}docs/images/node-red-${picture}.png`);
}
