import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { CHROMIUM, Editor, Hands, startBrowser } from './support/editor.ts';
import { fetchVersion, type Version } from './support/versions.ts';

/** Beside the pinned Node-RED 4, which all other tests use: the major version, the version, and the Node it needs, or ours. */
const versions = [
  ['3', '3.1.15', null],
  ['5', '5.0.7', '22'],
] as const;

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));

test('with the pinned version every major version from 3 to 5 is tested', () => {
  const pinned = manifest.devDependencies['node-red'].split('.')[0];
  expect([...versions.map(([major]) => major), pinned].sort()).toEqual(['3', '4', '5']);
});

for (const [, version, node] of versions) {
  const fetched = fetchVersion(version, node);
  if (typeof fetched === 'string') test.skip(`Node-RED ${version}: skipped, since ${fetched}`, () => {});
  else describe(`Node-RED ${version} on ${node === null ? 'this Node' : `Node ${node}`}`, () => suite(fetched));
}

function suite(version: Version) {
  test('the tests of the nodes and of the admin API', async () => {
    const { code, output } = await runJest(version, ['nodes', 'admin', 'durable']);
    expect(code === 0 ? '' : output).toBe('');
    expect(output).toMatch(/Tests: +[1-9]\d+ passed/);
  }, 180_000);

  if (CHROMIUM === undefined)
    return test.skip('the editor: skipped, since /usr/bin/chromium is not installed', () => {});
  return test('a flow is deployed and invoked, every form opens, and the console has no error', async () => {
    const editor = new Editor({ version });
    const browser = await startBrowser();
    try {
      await editor.start();
      const hands = new Hands(await browser.newPage({ viewport: { width: 1440, height: 900 } }));
      hands.page.setDefaultTimeout(15_000);
      hands.page.on('console', (line) => {
        if (line.type() === 'error') hands.errors.push(`${line.text()} at ${line.location().url}`);
      });
      await hands.open(editor.url);
      await smoke(hands, editor);
      expect(hands.errors).toEqual([]);
    } finally {
      await browser.close();
      await editor.stop();
      editor.remove();
    }
  }, 120_000);
}

async function smoke(hands: Hands, editor: Editor) {
  const { page } = hands;
  const kinds = ['invoke', 'invoke_async', 'list_functions'].map((kind) => `connected.awslambda.${kind}`);
  await hands.newFlow('Smoke');
  for (const [index, type] of kinds.entries()) await hands.place(type, 380, 120 + 90 * index);
  const ids = [];
  for (const type of kinds) ids.push(await hands.newest(type));
  const [invoke = ''] = ids;

  for (const id of ids) {
    await hands.edit(id);
    const connection = page.locator('#node-input-connection');
    await connection.selectOption({ label: 'Local endpoint' });
    const name = page.locator('#node-input-functionName');
    // What the description of one function holds.
    if ((await name.count()) > 0) await name.fill(id === invoke ? 'price' : 'order');
    if (id === invoke) {
      await page.locator('.awsl-dropdown [role=option]').first().waitFor();
      await name.press('ArrowDown');
      await name.press('Enter');
      expect(await name.inputValue()).toBe('order');
    }
    await hands.shot(`${editor.name} ${kinds[ids.indexOf(id)]}`);
    if (id === invoke) await testConnection(hands);
    await hands.done();
  }

  await hands.place('inject', 150, 120);
  const inject = await hands.newest('inject');
  await hands.wire(inject, invoke);
  await hands.deploy();
  await hands.inject(inject);
  expect(await hands.statusOf(invoke, /^200 · |failed/)).toBeTruthy();
  await hands.shot(`${editor.name} flow`);
}

async function testConnection(hands: Hands) {
  const { page } = hands;
  await hands.editConnection();
  for (const tab of ['authentication', 'advanced', 'functions', 'health']) await hands.tab(tab);
  await page.click('#awsl-test');
  await page.waitForSelector('.awsl-card.awsl-good');
  await page.click('#node-config-dialog-cancel');
  await page.waitForSelector('#node-config-dialog-ok', { state: 'detached' });
  await page.waitForTimeout(400);
}

/** Runs tests of this folder with a version, in a process of its own, since the version of Node may be another. */
async function runJest({ folder, node }: Version, names: readonly string[]) {
  const files = names.map((name) => `test/hosts/node-red/${name}.test.ts`);
  const jest = ['node_modules/jest/bin/jest.js', '--runInBand', '--colors=false', ...files];
  const { NODE_OPTIONS: _, JEST_WORKER_ID: __, ...inherited } = process.env;
  const child = spawn(node, ['--experimental-vm-modules', '--no-warnings', ...jest], {
    env: { ...inherited, NODE_RED_FOLDER: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((done) => child.once('close', done));
  return { code, output };
}
