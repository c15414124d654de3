import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanEnvironment, type Run, root } from '../../support/run-program.ts';

export interface RunOptions {
  readonly words?: readonly string[];
  readonly input?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** A line of shell that comes before the program, such as `umask 0`. */
  readonly shell?: string;
  /** Another user, when the tests run as root. */
  readonly uid?: number;
}

/** A folder with the launcher and what it launches, and V8's caches beside them. */
export class Launched {
  readonly folder = mkdtempSync(join(tmpdir(), 'ue-aws-lambda-launched-'));
  readonly cacheFolder = join(this.folder, 'cache');

  constructor() {
    copyFileSync(`${root}dist/main.cjs`, join(this.folder, 'main.cjs'));
  }

  /** With the files of the real bundle. */
  static bundle(): Launched {
    const launched = new Launched();
    for (const file of readdirSync(`${root}dist`).filter((name) => name.endsWith('.cjs'))) {
      copyFileSync(`${root}dist/${file}`, join(launched.folder, file));
    }
    return launched;
  }

  /** With a program of a few lines that starts faster. */
  static program(source: string): Launched {
    const launched = new Launched();
    writeFileSync(join(launched.folder, 'program.cjs'), source);
    return launched;
  }

  run({ words = ['run'], input = '', env = {}, shell, uid }: RunOptions = {}): Promise<Run> {
    const main = join(this.folder, 'main.cjs');
    const [command, ...first] =
      shell === undefined ? [process.execPath] : ['sh', '-c', `${shell}; exec "$0" "$@"`, process.execPath];
    const child = spawn(command as string, [...first, main, ...words], {
      env: { ...cleanEnvironment(), ...env },
      timeout: 30_000, // what blocks is an error
      killSignal: 'SIGKILL',
      ...(uid !== undefined && { uid, gid: uid, cwd: '/' }),
    });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => (output.stdout += chunk));
    child.stderr.on('data', (chunk) => (output.stderr += chunk));
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve({ ...output, code }));
    });
  }

  /** The names of all files in the cache folder. */
  cached(): readonly string[] {
    return existsSync(this.cacheFolder) ? readdirSync(this.cacheFolder) : [];
  }

  /** The cache of one of its files for this Node, as a path. */
  cacheOf(file = 'program.cjs'): string {
    const source = sha256(readFileSync(join(this.folder, file))).toString('hex');
    return join(this.cacheFolder, `${runtimeOf(file)}-${source.slice(0, 16)}`);
  }

  /** Puts another program's cache where this one's is looked for, with a label and a digest that fit. */
  forgeCache(other: Launched): void {
    const source = sha256(readFileSync(join(this.folder, 'program.cjs'))).toString('hex');
    const label = Buffer.from(`${runtimeOf('program.cjs')}-${source}`);
    const data = readFileSync(other.cacheOf()).subarray(0, -label.length - 32);
    mkdirSync(this.cacheFolder, { recursive: true, mode: 0o700 });
    writeFileSync(this.cacheOf(), sealed(Buffer.concat([data, label])), { mode: 0o600 });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

const runtimeOf = (file: string) => `${file}-${process.version}-${process.platform}-${process.arch}`;
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest();

/** The bytes with their digest at the end. */
export const sealed = (bytes: Buffer) => Buffer.concat([bytes, sha256(bytes)]);

/** Whether a cache file is whole: its end is the digest of the rest. */
export function isWhole(path: string): boolean {
  const bytes = readFileSync(path);
  return bytes.length > 100 && sealed(bytes.subarray(0, -32)).equals(bytes);
}
