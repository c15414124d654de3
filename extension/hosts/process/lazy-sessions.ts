import type { SharedSessions } from '../../aws/shared-sessions.ts';

/** Shared sessions that can let running tasks end before they close their connections. */
export interface DrainableSessions extends SharedSessions {
  drain?(): Promise<void>;
}

/** Shared sessions for a host that starts long before its first task: the AWS client loads with that task. */
export function lazySharedSessions(load: () => Promise<DrainableSessions> = loadSharedSessions): SharedSessions {
  let sessions: Promise<DrainableSessions> | undefined;
  return {
    async openSession(connection, ports) {
      sessions ??= load();
      return (await sessions).openSession(connection, ports);
    },
    close() {
      // A failure to load was the answer of every task.
      sessions?.then((loaded) => (loaded.drain === undefined ? loaded.close() : loaded.drain())).catch(() => {});
    },
  };
}

async function loadSharedSessions(): Promise<DrainableSessions> {
  const { sharedSessions } = await import('../../aws/shared-sessions.ts');
  return sharedSessions();
}
