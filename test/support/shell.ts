import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { program, type Run } from './run-program.ts';

/** Runs a line of bash with the program as "$@", an input for it, and a home folder. */
export async function runShell(line: string, input: string, home: string): Promise<Run> {
  const env = { PATH: process.env.PATH ?? '', HOME: home };
  const child = spawn('bash', ['-c', `set -o pipefail; ${line}`, 'bash', ...program(), 'run'], { env });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk) => (stderr += chunk));
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  return { stdout, stderr, code };
}
