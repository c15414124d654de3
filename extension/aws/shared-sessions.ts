import type { OpenSession, Ports } from '../ports.ts';
import { Secret } from '../secret.ts';
import type { Connection } from '../task/connection.ts';
import { openClient, type SharedClient, sessionOver } from './session.ts';

/** Sessions of a long-lived process: tasks with the same connection share its client, sockets and assumed role. */
export interface SharedSessions {
  readonly openSession: OpenSession;
  /** Resolves when every task has closed its session, and then closes every connection. New tasks are still served. */
  drain(): Promise<void>;
  /** Closes every connection, also of tasks that still run. */
  close(): void;
}

interface Entry {
  readonly client: Promise<SharedClient>;
  users: number;
}

/** Keeps up to `limit` connections; the one unused for longest makes room. */
export function sharedSessions(limit = 64): SharedSessions {
  const entries = new Map<string, Entry>();
  const waiting = new Set<() => void>();
  let lastKey: string | undefined;

  function entryFor(connection: Connection, ports: Pick<Ports, 'environment' | 'readFile'>): Entry {
    const key = keyOf(connection);
    const known = entries.get(key);
    if (known !== undefined && key === lastKey) return known;
    const entry = known ?? { client: openClient(connection, ports), users: 0 };
    entries.delete(key);
    entries.set(key, entry); // the last in order is the last used
    lastKey = key;
    if (known === undefined) entry.client.catch(() => entries.delete(key)); // a failure is not kept
    return entry;
  }

  function makeRoom(): void {
    for (const [key, entry] of entries) {
      if (entries.size <= limit) return;
      if (entry.users > 0) continue;
      entries.delete(key);
      closeClient(entry);
    }
  }

  function inUse(): boolean {
    return [...entries.values()].some(({ users }) => users > 0);
  }

  function close(): void {
    for (const entry of entries.values()) closeClient(entry);
    entries.clear();
  }

  return {
    async openSession({ connection }, ports) {
      const entry = entryFor(connection, ports);
      entry.users += 1;
      let open = true;
      const release = () => {
        if (!open) return;
        open = false;
        entry.users -= 1;
        makeRoom();
        if (!inUse()) for (const resolve of waiting) resolve();
      };
      try {
        return sessionOver(await entry.client, ports, release);
      } catch (error) {
        release();
        throw error;
      }
    },

    async drain() {
      while (inUse()) {
        await new Promise<void>((resolve) => {
          waiting.add(resolve);
        });
        waiting.clear();
      }
      close();
    },

    close,
  };
}

function closeClient({ client }: Entry): void {
  client.then(({ service }) => service.transport.close()).catch(() => {});
}

/** One key for all connections that can share a client; it holds their secrets. Two may differ in those alone. */
export function keyOf(value: unknown): string {
  if (value instanceof Secret) return keyOf(value.reveal());
  if (typeof value === 'string') return `${value.length}:${value}`;
  if (typeof value !== 'object' || value === null) return String(value);
  let key = '{';
  for (const name of Object.keys(value)) key += `${name}=${keyOf(Reflect.get(value, name))},`;
  return `${key}}`;
}
