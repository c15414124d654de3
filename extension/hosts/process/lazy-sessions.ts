import type { SharedSessions } from '../../aws/shared-sessions.ts';

/** Shared sessions for a host that starts long before its first task: the AWS client loads with that task. */
export function lazySharedSessions(load: () => Promise<SharedSessions> = loadSharedSessions): SharedSessions {
  let sessions: Promise<SharedSessions> | undefined;
  // A failure to load was the answer of every task.
  const loaded = () => sessions?.catch(() => undefined);
  return {
    async openSession(task, ports) {
      sessions ??= load();
      return (await sessions).openSession(task, ports);
    },
    drain: async () => (await loaded())?.drain(),
    close: () => void loaded()?.then((opened) => opened?.close()),
  };
}

async function loadSharedSessions(): Promise<SharedSessions> {
  const { sharedSessions } = await import('../../aws/shared-sessions.ts');
  return sharedSessions();
}
