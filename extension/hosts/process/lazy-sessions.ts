import type { SharedSessions } from '../../aws/shared-sessions.ts';

/** Sessions that lets running calls end before it closes their connections. */
interface Draining extends SharedSessions {
  drain?(): Promise<void>;
}

/** Shared sessions for a host that starts long before its first call: the AWS client loads with that call. */
export function lazySharedSessions(): SharedSessions {
  let sessions: Promise<Draining> | undefined;
  return {
    async openSession(connection, ports) {
      sessions ??= import('../../aws/shared-sessions.ts').then(({ sharedSessions }) => sharedSessions());
      return (await sessions).openSession(connection, ports);
    },
    close: () => void sessions?.then((opened) => (opened.drain === undefined ? opened.close() : opened.drain())),
  };
}
