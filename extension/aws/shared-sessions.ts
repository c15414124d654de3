import type { OpenSession } from '../ports.ts';
import { Secret } from '../secret.ts';
import type { Connection } from '../task/connection.ts';
import { type Reach, reach, sessionOver } from './session.ts';

/** Sessions of a long-lived process: tasks with the same connection share its client, sockets and assumed role. */
export interface SharedSessions {
  readonly openSession: OpenSession;
  /** Closes every connection, also of tasks that still run. */
  close(): void;
}

interface Entry {
  readonly reach: Promise<Reach>;
  users: number;
}

/** Keeps up to `limit` connections; the one unused for longest makes room. */
export function sharedSessions(limit = 64): SharedSessions {
  const entries = new Map<string, Entry>();

  function entryFor(connection: Connection): Entry {
    const key = keyOf(connection);
    const entry = entries.get(key) ?? { reach: reach(connection), users: 0 };
    entries.delete(key);
    entries.set(key, entry); // the last in order is the last used
    entry.reach.catch(() => entries.delete(key)); // a failure is not kept
    return entry;
  }

  function makeRoom(): void {
    for (const [key, entry] of entries) {
      if (entries.size <= limit) return;
      if (entry.users > 0) continue;
      entries.delete(key);
      closeReach(entry);
    }
  }

  return {
    async openSession(connection, ports) {
      const entry = entryFor(connection);
      entry.users += 1;
      const release = () => {
        entry.users -= 1;
        makeRoom();
      };
      try {
        const session = sessionOver(await entry.reach, connection, ports);
        return { lambda: session.lambda, close: release };
      } catch (error) {
        release();
        throw error;
      }
    },
    close() {
      for (const entry of entries.values()) closeReach(entry);
      entries.clear();
    },
  };
}

function closeReach({ reach }: Entry): void {
  reach.then(({ handler }) => handler.destroy()).catch(() => {});
}

/** One key for all connections that can share a client; time limits and attempts belong to each task. */
function keyOf({ connectTimeout, waitTimeout, maxAttempts, ...shared }: Connection): string {
  return JSON.stringify(revealSecrets(shared));
}

/** A copy with the secrets in it: two keys differ only in them. */
function revealSecrets(value: unknown): unknown {
  if (value instanceof Secret) return value.reveal();
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, revealSecrets(entry)]));
}
