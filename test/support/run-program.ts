import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** The bundled program; `npm test` builds it first. */
export const bundle = `${root}dist/main.cjs`;

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a child sees of this process's environment: nothing that steers AWS tools, proxies or Node. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  return { PATH, HOME: HOME ?? '/', ...(TMPDIR && { TMPDIR }), AWS_EC2_METADATA_DISABLED: 'true' };
}

/** Runs the program as a user would, to its end. */
export function runProgram(
  args: readonly string[],
  { input = '', env = {} }: { input?: string | Buffer; env?: NodeJS.ProcessEnv } = {},
): Promise<Run> {
  const [command, ...first] = program();
  const child = spawn(command, [...first, ...args], { cwd: root, env: { ...cleanEnvironment(), ...env } });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk) => stdout.push(chunk));
  child.stderr.on('data', (chunk) => stderr.push(chunk));
  child.stdin.on('error', () => {}); // it may end without reading
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() });
    });
  });
}

/** The words that start the program: the bundle, or the build of it that PROGRAM names. */
export function program(): [string, ...string[]] {
  return process.env.PROGRAM ? [process.env.PROGRAM] : [process.execPath, bundle];
}
