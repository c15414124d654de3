import pg from 'pg';
import type { Log } from '../../../ports.ts';

/** Hears what is rung, over a connection of its own that is made anew when it breaks. */
export interface Listener {
  onWake(queue: string, listener: () => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

/** Rings NOTIFY here, with the queue's name. */
export const channel = 'ue_aws_lambda_wake';

/** Also what looks whether the connection lives: by its last statement a session is known as that of a worker. */
export const listen = `LISTEN ${channel}`;

/** How often the connection is looked at, and how long it may take to answer (ms): a silent one may be dead. */
const interval = 10_000;
const longest = 5_000;

export function listenTo(config: pg.ClientConfig, where: string, log: Log): Listener {
  const listeners = new Map<string, Set<() => void>>();
  let client: pg.Client | null = null;
  let starting: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;
  let wasLost = false;
  let isClosed = false;

  const ring = (queue: string) => {
    for (const listener of listeners.get(queue) ?? []) listener();
  };

  const connect = async (): Promise<void> => {
    const next = new pg.Client({ ...config, query_timeout: longest });
    const lost = () => {
      if (client !== next) return;
      client = null;
      wasLost = true;
      next.end().catch(() => {});
      again(250);
    };
    next.on('error', lost);
    next.on('end', lost);
    next.on('notification', ({ payload }) => ring(payload ?? ''));
    try {
      await next.connect();
      await next.query(listen);
    } catch (error) {
      next.end().catch(() => {});
      throw error;
    }
    if (isClosed) return void next.end().catch(() => {});
    client = next;
    look(next, lost);
    // What was rung in between was not heard.
    if (wasLost) for (const queue of listeners.keys()) ring(queue);
    wasLost = false;
  };

  const look = (of: pg.Client, lost: () => void) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (client !== of) return;
      of.query(listen).then(() => client === of && look(of, lost), lost);
    }, interval);
    timer.unref();
  };

  const again = (pause: number) => {
    if (isClosed) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      connect().catch((error: Error) => {
        log.debug(`${where}: not listening yet (${error.message})`);
        again(Math.min(pause * 2, 5000));
      });
    }, pause);
    timer.unref();
  };

  return {
    async onWake(queue, listener) {
      const own = () => listener(); // the same function may listen twice
      const known = listeners.get(queue) ?? new Set();
      listeners.set(queue, known.add(own));
      starting ??= connect().catch((error: Error) => {
        log.debug(`${where}: not listening yet (${error.message})`);
        wasLost = true;
        again(250);
      });
      await starting;
      return async () => {
        known.delete(own);
        if (known.size === 0 && listeners.get(queue) === known) listeners.delete(queue);
      };
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      const last = client;
      client = null;
      await last?.end().catch(() => {});
    },
  };
}
