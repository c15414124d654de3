import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';

/** A Node-RED of another version, installed in a folder, and the Node that runs it. */
export interface Version {
  readonly folder: string;
  readonly node: string;
}

/** Fetches a version into test-output/ once; says why when it cannot be had. */
export function fetchVersion(nodeRed: string, nodeMajor: string | null): Version | string {
  const folder = resolve('test-output/node-red-versions', nodeRed);
  const program = resolve('test-output/nodes', String(nodeMajor), 'node_modules/node/bin/node');
  try {
    if (!existsSync(`${folder}/node_modules/node-red/red.js`)) install(folder, `node-red@${nodeRed}`);
    // The package's install script puts the program of this platform in place.
    if (nodeMajor !== null && !existsSync(program))
      install(resolve(program, '../../../..'), `node@${nodeMajor}`, false);
    return { folder, node: nodeMajor === null ? process.execPath : program };
  } catch {
    return `it could not be fetched with npm into test-output/`;
  }
}

function install(prefix: string, what: string, ignoreScripts = true): void {
  mkdirSync(prefix, { recursive: true });
  const words = ['install', '--prefix', prefix, '--no-save', '--no-audit', '--no-fund', '--prefer-offline'];
  const limits = ['--fetch-retries=1', '--fetch-timeout=30000', `--ignore-scripts=${ignoreScripts}`];
  execFileSync('npm', [...words, ...limits, what], { stdio: 'ignore', timeout: 240_000 });
}
