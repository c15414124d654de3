// npm run soak: runs test/soak/soak.ts, with its words, on a Node that the fleet runs on.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isNewEnough, newerNode, notFetched } from './newer-node.mjs';

const soak = fileURLToPath(new URL('../../test/soak/soak.ts', import.meta.url));
const node = isNewEnough ? process.execPath : newerNode();
if (node === null) throw new Error(`${notFetched}, and the fleet does not run on ${process.version}`);
const program = ['--no-warnings', '--expose-gc', soak, ...process.argv.slice(2)];
process.exitCode = spawnSync(node, program, { stdio: 'inherit' }).status ?? 1;
