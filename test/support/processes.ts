import { execFileSync } from 'node:child_process';

/** The pid of the embedded database's server over a folder; null when there is none. */
export function serverPid(folder: string): number | null {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,stat=,args='], { encoding: 'utf8' }).split('\n');
  const own = lines.find(
    (line) =>
      /embedded\/server\.(ts|mjs) /.test(line) && line.trim().endsWith(` ${folder}`) && !/^\s*\d+\s+Z/.test(line),
  );
  return own === undefined ? null : Number.parseInt(own, 10);
}
