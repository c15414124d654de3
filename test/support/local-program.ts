import { spawn } from 'node:child_process';
import { bundle } from './run-program.ts';

/** Starts the program's local Lambda endpoint over a folder of functions; what a task needs to reach it is in `env`. */
export async function startLocal(functions: string) {
  const child = spawn(process.execPath, [bundle, 'local', functions, '--port', '0'], {
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
