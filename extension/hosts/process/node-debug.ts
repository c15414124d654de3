/**
 * Keeps what NODE_DEBUG makes Node print from standard error: every request with its headers, session token included.
 * Node reads the variable before the first line of a program, so all that is left is to drop what it prints. Returns
 * whether there is anything to drop.
 */
export function dropNodeDebug(): boolean {
  if (!process.env.NODE_DEBUG) return false;
  const { stderr, pid } = process;
  // NAME PID: …, the number in colour on a terminal. No line of ours looks like it.
  const theirs = new RegExp(`^\\S+ (?:\\x1b\\[\\d+m)?${pid}(?:\\x1b\\[\\d+m)?: `);
  const write = stderr.write.bind(stderr) as (...all: unknown[]) => boolean;
  stderr.write = (...all: unknown[]) => (typeof all[0] === 'string' && theirs.test(all[0]) ? true : write(...all));
  return true;
}
