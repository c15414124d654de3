// Runs the program for real, so that it leaves V8's caches behind: a cache made after a run holds what the run compiled.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const functions = fileURLToPath(new URL('../examples/functions', import.meta.url));

/** Runs a task of each kind that has files of its own against the local endpoint. */
export async function warmUp(program) {
  const endpoint = spawn(process.execPath, [program, 'local', functions, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const url = await firstUrl(endpoint.stdout);
    const fields = { function_name: 'hello', region: 'us-east-1', endpoint_url: url, log_type: 'Tail' };
    const credentials = { user: 'local', password: 'local-secret' };
    const role = { role_based_access: true, role_arn: 'arn:aws:iam::123456789012:role/warm', sts_endpoint_url: url };
    await run(program, { ...fields, credentials });
    await run(program, { ...fields, credentials, ...role });
    await run(program, fields, { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local-secret' });
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

async function run(program, fields, credentials = {}) {
  const { PATH, HOME } = process.env;
  const task = spawn(process.execPath, [program, 'run', '--log-level', 'warn'], {
    env: { PATH, HOME, ...credentials },
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  task.stdin.end(JSON.stringify(fields));
  const [code] = await once(task, 'close');
  if (code !== 0) throw new Error(`a task of the bundle ended with ${code}`);
}
