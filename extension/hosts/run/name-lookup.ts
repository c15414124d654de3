import type { OpenSession } from '../../ports.ts';

/**
 * Keeps name lookups from outliving `connect_timeout`. A lookup runs in a thread that nothing can stop and that Node
 * joins before it ends: with a name server that is silent the process would linger for 10 s and more, long after its
 * answer. glibc reads these limits (seconds, and tries) from the environment at its first lookup; others ignore them.
 * They hold for the whole process, so this is only for one that runs one task and ends.
 */
export function boundingLookups(openSession: OpenSession): OpenSession {
  return (task, ports) => {
    const seconds = task.limits.connectTimeout / 1000;
    const attempts = seconds > 1 ? 2 : 1;
    process.env.RES_OPTIONS ??= `timeout:${Math.floor(seconds / attempts)} attempts:${attempts}`;
    return openSession(task, ports);
  };
}
