// Runs the bundled program for real, against a local Lambda endpoint of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../dist/main.cjs', import.meta.url));
const functions = fileURLToPath(new URL('../../examples/functions', import.meta.url));

/** Serves the example functions while `use` runs, and gives it the URL. */
export async function withEndpoint(use) {
  const endpoint = spawn(process.execPath, [program, 'local', functions, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    await use(await firstUrl(endpoint.stdout));
  } finally {
    endpoint.kill('SIGTERM');
  }
}

async function firstUrl(stream) {
  let text = '';
  for await (const chunk of stream) {
    text += chunk;
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0];
    if (url !== undefined) return url;
  }
  throw new Error('the local endpoint did not start');
}

/** Runs one task; its log goes to standard error. */
export async function runTask(fields, { words = [], env = process.env } = {}) {
  const task = spawn(process.execPath, [program, 'run', ...words], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  task.stdin.end(JSON.stringify(fields));
  const chunks = [];
  task.stdout.on('data', (chunk) => chunks.push(chunk));
  const [code] = await once(task, 'close');
  return { code, output: Buffer.concat(chunks).toString() };
}
