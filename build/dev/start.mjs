// Shows the whole path on this machine: a local Lambda endpoint, a real task against it, its log and its output.
import { runTask, withEndpoint } from '../bundle/real-run.mjs';

await withEndpoint(async (url) => {
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
  const { code, output } = await runTask(fields);
  console.log(`\nThe extension output:\n\n${output}\nexit code ${code}`);
  const { result } = JSON.parse(output);
  console.log(`\nThe function's log:\n\n${result.log_result}\nThe function's answer: ${result.payload}`);
  process.exitCode = code;
});
