import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

// npm run fuzz -- [--in-process N] [--sockets N]; SEED=n repeats a run.
const options = { 'in-process': { type: 'string', default: '1000000' }, sockets: { type: 'string', default: '20000' } };
const { values } = parseArgs({ options });
const { status } = spawnSync(
  process.execPath,
  ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', 'test/fuzz', '--verbose'],
  { stdio: 'inherit', env: { ...process.env, FUZZ: values['in-process'], FUZZ_SOCKETS: values.sockets } },
);
process.exitCode = status ?? 1;
