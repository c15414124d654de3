// Shows the whole path on this machine: a local Lambda endpoint, a real task against it, its log and its output.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../dist/main.cjs', import.meta.url));
const functions = fileURLToPath(new URL('../examples/functions', import.meta.url));

const endpoint = spawn(process.execPath, [program, 'local', functions, '--port', '0'], {
  stdio: ['ignore', 'pipe', 'ignore'],
});
try {
  const url = await firstUrl(endpoint.stdout);
  const fields = {
    function_name: 'order',
    region: 'us-east-1',
    endpoint_url: url,
    credentials: { user: 'local', password: 'local-secret' },
    log_type: 'Tail',
    payload_source: 'Script',
    payload_script: { id: 'A-17', items: [{ sku: 'bolt', quantity: 3, price: 0.4 }] },
  };
  console.log(`A local Lambda endpoint serves the functions of examples/functions at ${url}.`);
  console.log('\n$ ue-aws-lambda run <<< the fields of one task\n');
  console.log(JSON.stringify({ ...fields, credentials: { user: 'local', password: '****' } }, null, 2), '\n');
  const { code, output } = await run(fields);
  console.log(`\nThe extension output:\n\n${output}\nexit code ${code}`);
  const { result } = JSON.parse(output);
  console.log(`\nThe function's log:\n\n${result.log_result}\nThe function's answer: ${result.payload}`);
  process.exitCode = code;
} finally {
  endpoint.kill('SIGTERM');
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

async function run(fields) {
  const task = spawn(process.execPath, [program, 'run'], { stdio: ['pipe', 'pipe', 'inherit'] });
  task.stdin.end(JSON.stringify(fields));
  const chunks = [];
  task.stdout.on('data', (chunk) => chunks.push(chunk));
  const [code] = await once(task, 'close');
  return { code, output: Buffer.concat(chunks).toString() };
}
