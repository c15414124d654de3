import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from '@jest/globals';
import { type RolldownPluginOption, rolldown } from 'rolldown';
// @ts-expect-error a build script without types
import { lighterProgram } from '../../build/bundle/lighter.mjs';
// @ts-expect-error a build script without types
import { selfContained } from '../../build/bundle/self-contained.mjs';
import { cleanEnvironment, root } from '../support/run-program.ts';
import { scriptedServer } from '../support/scripted-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'ue-aws-lambda-bundle-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes files below the folder; gives their paths. */
function put(files: Readonly<Record<string, string>>): string[] {
  return Object.entries(files).map(([name, content]) => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  });
}

const crc32 = '/@smithy/core/dist-es/submodules/checksum/crc32/Crc32Node.js';

/** Bundles one file; a module of a package is found beside it. */
async function bundled(input: string, plugins: RolldownPluginOption): Promise<string> {
  const bundle = await rolldown({ input, platform: 'node', cwd: folder, plugins, logLevel: 'silent' });
  // Its default is a pattern, which rolldown does not know as one in a test's own realm.
  const { output } = await bundle.generate({ format: 'cjs', dynamicImportInCjs: false, sourcemapIgnoreList: false });
  return output[0].code;
}

describe('what is taken out of the packages', () => {
  test('is not taken out of a module that an update has changed: the build names it and what to review', async () => {
    const [entry = ''] = put({
      'changed.js': `export * from './node_modules${crc32}'`,
      [`node_modules${crc32}`]: 'export const Crc32Node = 1;',
    });
    const error = await bundled(entry, lighterProgram()).catch((reason: Error) => reason.message);
    expect(error).toContain(`${folder}/node_modules${crc32} has changed. Review the methods of the class`);
    expect(error).toMatch(/put the new digest there \([0-9a-f]{16}\)/);
  });

  test('is missed when its module has moved', async () => {
    const [entry = ''] = put({ 'empty.js': '' });
    await expect(bundled(entry, lighterProgram())).rejects.toThrow(
      /replaces modules that are not there: .*emitWarningIfUnsupportedVersion.js, .*Crc32Node\.js/,
    );
  });

  test('has a checksum in its place that gives what the original gives', async () => {
    const original = `${root}node_modules${crc32}`;
    const { Crc32Node: Original } = await import(pathToFileURL(original).href);
    const code: string = lighterProgram().load(original);
    const [path = ''] = put({ 'crc32.cjs': `${code.replace('export class', 'exports.Crc32Node = class')};` });
    const { Crc32Node: Ours } = await import(pathToFileURL(path).href);
    for (const Crc32 of [Original, Ours]) {
      const checksum = new Crc32();
      checksum.update(Buffer.from('what was there before'));
      checksum.reset();
      checksum.update(Buffer.from('1234'));
      checksum.update(Buffer.from('56789'));
      expect(checksum.digestSync()).toBe(0xcbf43926); // the check value of CRC-32
      expect(Buffer.from(await checksum.digest()).toString('hex')).toBe('cbf43926');
      expect(checksum.digestLength).toBe(4);
    }
  });

  test('says nothing of the Node version, in any bundle', () => {
    const files = readdirSync(`${root}dist`, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.c?js$/.test(name),
    );
    const texts = files.map((name) => readFileSync(`${root}dist/${name}`, 'utf8'));
    expect(files.filter((_, i) => texts[i]?.includes('NodeVersionSupportWarning'))).toEqual([]);
    expect(files).toEqual(expect.arrayContaining(['program.cjs', 'index.js', 'node-red/awslambda.js']));
  });
});

test('a bundle that needs a package which is not in it is not built', async () => {
  const [entry = ''] = put({ 'optional.js': `export const found = import('not-installed').catch(() => null);` });
  await expect(bundled(entry, selfContained)).rejects.toThrow(
    'optional.js needs what is not in the bundle: not-installed',
  );
  const [complete = ''] = put({
    'complete.js': `import('./part.js'); import('node:os');`,
    'part.js': 'console.log(1)',
  });
  await expect(bundled(complete, selfContained)).resolves.toContain('node:os');
});

test('the library prints nothing and leaves the environment as it is', async () => {
  const server = await scriptedServer({ body: '{"sum":3}' });
  const [script = ''] = put({
    'user.mjs': `
      const before = JSON.stringify(process.env);
      const { createConnector } = await import(${JSON.stringify(pathToFileURL(`${root}dist/index.js`).href)});
      const connector = createConnector({
        name: 'orders', region: 'us-east-1', accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret-key',
        endpointUrl: ${JSON.stringify(server.url)},
      });
      const { success, data } = await connector.invoke({ functionName: 'sum' });
      connector.close();
      console.log(JSON.stringify({ success, data, same: before === JSON.stringify(process.env) }));
    `,
  });
  const child = spawn(process.execPath, [script], { env: cleanEnvironment() });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (output.stdout += chunk));
  child.stderr.on('data', (chunk) => (output.stderr += chunk));
  await new Promise((resolve) => child.on('close', resolve));
  await server.close();
  expect(output.stderr).toBe('');
  expect(JSON.parse(output.stdout)).toMatchObject({ success: true, same: true });
});
