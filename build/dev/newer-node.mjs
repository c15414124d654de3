// A Node that the fleet runs on, where the installed one is older: fetched once from npm into the cache folder.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What the fleet needs. */
export const least = '22.22';
export const fetched = '24';
export const notFetched = `Node ${fetched} could not be fetched from npm`;

const folder = fileURLToPath(new URL(`../../.cache/node${fetched}`, import.meta.url));
const [major, minor] = process.versions.node.split('.').map(Number);
const [leastMajor, leastMinor] = least.split('.').map(Number);

export const isNewEnough = major > leastMajor || (major === leastMajor && minor >= leastMinor);

/** The program of that Node; null when npm does not give it. */
export function newerNode() {
  const program = `${folder}/node_modules/node/bin/node`;
  if (!works(program)) {
    rmSync(folder, { recursive: true, force: true });
    // Its install script chooses the build for this machine.
    const install = [
      'install',
      '--silent',
      '--no-save',
      '--ignore-scripts=false',
      '--prefix',
      folder,
      `node@${fetched}`,
    ];
    spawnSync('npm', install, { stdio: 'ignore', timeout: 300_000 });
  }
  return works(program) ? program : null;
}

function works(program) {
  return existsSync(program) && spawnSync(program, ['--version']).status === 0;
}
