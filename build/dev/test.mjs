// npm test: runs jest, with its words. The fleet's tests need a newer Node than the rest of the project: where the installed
// one is older, they run on another, fetched once from npm, and the results of both are one.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fetched, isNewEnough, least, newerNode, notFetched } from './newer-node.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const fleet = '/test/hosts/fleet/';
const rest = '/test/(?!hosts/fleet/)';

const words = process.argv.slice(2);
process.exitCode = isNewEnough ? jest(process.execPath, words) : onBoth();

function onBoth() {
  const code = jest(process.execPath, [...words, `--testPathIgnorePatterns=${fleet}`, '--passWithNoTests']);
  const node = newerNode();
  if (node === null) {
    console.error(`${notFetched}: the fleet's tests, which need Node ${least}, are skipped`);
    return code;
  }
  console.error(`The fleet's tests, on Node ${fetched}:`);
  const file = outputFile();
  const first = file === null ? null : read(file);
  const fleetCode = jest(node, [...words, `--testPathIgnorePatterns=${rest}`, '--passWithNoTests']);
  if (file !== null) merge(file, first, read(file));
  return code || fleetCode;
}

function jest(node, given) {
  const program = ['--experimental-vm-modules', '--no-warnings', `${root}node_modules/jest/bin/jest.js`];
  const { status } = spawnSync(node, [...program, ...given], { cwd: root, stdio: 'inherit' });
  return status ?? 1;
}

/** The file that jest was told to write its results to. */
function outputFile() {
  const index = words.findIndex((word) => word === '--outputFile' || word.startsWith('--outputFile='));
  if (index === -1) return null;
  return words[index].includes('=') ? words[index].slice(words[index].indexOf('=') + 1) : words[index + 1];
}

function read(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}

/** Writes the results of both as those of one: counts are added, lists are joined. */
function merge(file, first, second) {
  if (first === null || second === null) return;
  const merged = { ...first, success: first.success && second.success };
  for (const [name, value] of Object.entries(second)) {
    if (name.startsWith('num')) merged[name] = (first[name] ?? 0) + value;
  }
  merged.testResults = [...first.testResults, ...second.testResults];
  writeFileSync(file, JSON.stringify(merged));
}
