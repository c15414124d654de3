// Leaves V8's caches behind: a cache made after a real run holds what the run compiled.
import { runTask, withEndpoint } from './real-run.mjs';

/** Runs a task of each kind that has files of its own. */
export function warmUp() {
  const { PATH, HOME } = process.env;
  const keys = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local-secret' };
  const words = ['--log-level', 'warn'];
  return withEndpoint(async (url) => {
    const fields = { function_name: 'hello', region: 'us-east-1', endpoint_url: url, log_type: 'Tail' };
    const credentials = { user: 'local', password: 'local-secret' };
    const role = { role_based_access: true, role_arn: 'arn:aws:iam::123456789012:role/warm', sts_endpoint_url: url };
    for (const over of [{ credentials }, { credentials, ...role }, {}]) {
      const { code, output } = await runTask({ ...fields, ...over }, { words, env: { PATH, HOME, ...keys } });
      if (code !== 0) throw new Error(`a task of the bundle failed: ${output}`);
    }
  });
}
