// Other versions of Node, from npm's package of that name, kept between runs.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../test-output/nodes/', import.meta.url));

/** Major version -> path of its program; without those that are not there and cannot be installed. */
export function otherNodes(onlyInstalled) {
  const found = {};
  for (const version of ['22', '24']) {
    const program = `${folder}${version}/node_modules/node/bin/node`;
    if (!existsSync(program) && !onlyInstalled) install(version);
    if (existsSync(program)) found[version] = program;
  }
  return found;
}

function install(version) {
  // The package's install script puts the program of this platform in place.
  const words = ['install', '--no-save', '--ignore-scripts=false', '--prefix', folder + version, `node@${version}`];
  try {
    execFileSync('npm', words, { stdio: 'ignore' });
  } catch {
    console.error(`Node ${version} could not be installed: its rows are left out`);
  }
}
