// Makes self-contained executables of the bundle, for hosts without Node: npm run build:exe [-- TARGET ... | all]
// Without a target for this machine. Those of other machines need a download by bun.
import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const own = `${process.platform}-${process.arch}`.replace('win32', 'windows');
const known = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'windows-x64'];
const targets = targetsOf(process.argv.slice(2));

const bun = findBun();
const alone = autoloadsOff();
for (const target of targets) {
  const file = `${root}dist/ue-aws-lambda-${target}${target.startsWith('windows') ? '.exe' : ''}`;
  const words = [
    'build',
    '--compile',
    '--bytecode',
    '--reject-unresolved',
    ...alone,
    `${root}dist/program.cjs`,
    '--outfile',
    file,
  ];
  execFileSync(bun, target === own ? words : [...words, `--target=bun-${target}`], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  console.log(`${file}: ${Math.round(statSync(file).size / 2 ** 20)} MB`);
}

function targetsOf(words) {
  if (words.length === 0) return [own];
  if (words.length === 1 && words[0] === 'all') return known;
  const unknown = words.filter((word) => !known.includes(word));
  if (unknown.length === 0) return words;
  console.error(`No such target: ${unknown.join(', ')}. Targets are all, ${known.join(', ')}.`);
  process.exit(1);
}

/** All of bun's switches that keep an executable from reading settings or code in the folder that it is run in. */
function autoloadsOff() {
  const help = execFileSync(bun, ['build', '--help'], { encoding: 'utf8' });
  const found = [...new Set(help.match(/--no-compile-autoload-[a-z-]+/g))];
  const missing = ['dotenv', 'bunfig'].filter((name) => !found.includes(`--no-compile-autoload-${name}`));
  if (missing.length > 0) throw new Error(`this bun has no switch against reading ${missing} from the current folder`);
  return found;
}

/** The bun that npm has installed: its own start script needs an install script, which this project does not run. */
function findBun() {
  const cpu = process.arch === 'arm64' ? 'aarch64' : process.arch;
  const name = `@oven/bun-${own.replace(process.arch, cpu)}/bin/bun${process.platform === 'win32' ? '.exe' : ''}`;
  const paths = createRequire(import.meta.url).resolve.paths(name) ?? [];
  const found = paths.map((path) => `${path}/${name}`).find((path) => existsSync(path));
  if (found === undefined) throw new Error(`${name} is not installed; run npm ci on a platform that bun supports`);
  return found;
}
