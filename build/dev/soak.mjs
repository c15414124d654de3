// npm run soak: runs test/soak/soak.ts, with its words, on a Node that the fleet runs on; exit 3 when there is none.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isNewEnough, newerNode, notFetched } from './newer-node.mjs';

const soak = fileURLToPath(new URL('../../test/soak/soak.ts', import.meta.url));
const node = isNewEnough ? process.execPath : newerNode();
if (node === null) {
  console.error(`${notFetched}, and the fleet does not run on ${process.version}: the soak is skipped`);
  process.exit(3);
}
const program = ['--no-warnings', '--expose-gc', soak, ...process.argv.slice(2)];
process.exitCode = spawnSync(node, program, { stdio: 'inherit' }).status ?? 1;
