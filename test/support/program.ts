import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Bundles the program from its sources, so that a test needs no build before it. The folder lies within the project:
 * the local endpoint finds the runtime of the functions in its node_modules.
 */
export function buildProgram(): { folder: string; main: string; remove: () => void } {
  mkdirSync(join(root, 'test-output'), { recursive: true });
  const folder = mkdtempSync(join(root, 'test-output', 'program-'));
  const bundler = join(root, 'node_modules/rolldown/bin/cli.mjs');
  const names = ['--entry-file-names', '[name].cjs', '--chunk-file-names', '[name].cjs'];
  const words = ['extension/main.ts', '--format', 'cjs', '--platform', 'node', '--dir', folder, ...names];
  execFileSync(process.execPath, [bundler, ...words], { cwd: root, stdio: 'pipe' });
  copyFileSync(join(root, 'local/lambda-runtime.mjs'), join(folder, 'lambda-runtime.mjs'));
  return { folder, main: join(folder, 'main.cjs'), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Starts the program's local Lambda endpoint over a folder of functions; what a task needs to reach it is in `env`. */
export async function startLocal(program: string, functions: string) {
  const child = spawn(process.execPath, [program, 'local', functions, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = new Promise((resolve) => child.on('close', resolve));
  let printed = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      const [found] = /http:\/\/127\.0\.0\.1:\d+/.exec(printed) ?? [];
      if (found !== undefined) resolve(found);
    });
    ended.then(() => reject(new Error(`The local endpoint ended: ${printed}`)));
  });
  return {
    url,
    env: { AWS_ENDPOINT_URL: url, AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local-secret' },
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
