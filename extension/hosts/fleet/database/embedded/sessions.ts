import type { Socket } from 'node:net';
import { unitsOf } from './wire.ts';

/** The one session of PostgreSQL that all connections share. */
export interface Session {
  run(bytes: Uint8Array, onData: (bytes: Uint8Array) => void): Promise<void>;
  isInTransaction(): boolean;
  rollBack(): Promise<void>;
}

export interface Sessions {
  /** Serves a connection until it closes. */
  serve(socket: Socket): void;
  /** Runs a thing of our own between the units of connections, in no transaction of theirs. */
  between(act: () => Promise<void>): Promise<void>;
}

interface Turn {
  /** Null for a thing of our own. */
  readonly of: Socket | null;
  readonly act: () => Promise<void>;
}

/** How long a connection may leave a transaction open without a word (ms): all others wait for its end. */
const patience = 30_000;

/**
 * Lets connections take turns. One in a transaction keeps its turn until the end of it; one that goes away in it is rolled
 * back. `onFault` hears of what PostgreSQL cannot go on after.
 */
export function sessionsOf(session: Session, onFault: (error: unknown) => void): Sessions {
  let turns: Turn[] = [];
  let holder: Socket | null = null;
  let isBusy = false;
  let timer: NodeJS.Timeout | undefined;

  const next = (): Turn | undefined => {
    const index = holder === null ? 0 : turns.findIndex(({ of }) => of === holder);
    return index === -1 ? undefined : turns.splice(index, 1)[0];
  };

  const go = async (): Promise<void> => {
    if (isBusy) return;
    isBusy = true;
    try {
      for (let turn = next(); turn !== undefined; turn = next()) {
        clearTimeout(timer);
        await turn.act();
        // A turn of our own ends none of another's, and has none.
        if (turn.of !== null) hold(turn.of);
        await new Promise(setImmediate); // bells and new connections have their turn too
      }
    } catch (error) {
      onFault(error);
    }
    isBusy = false;
  };

  const hold = (socket: Socket) => {
    holder = session.isInTransaction() ? socket : null;
    if (holder === null) return;
    timer = setTimeout(() => socket.destroy(), patience);
    if (socket.destroyed) leave(socket);
  };

  const leave = (socket: Socket) => {
    turns = turns.filter(({ of }) => of !== socket);
    if (holder === socket) turns.unshift({ of: socket, act: () => session.rollBack() });
    void go();
  };

  return {
    serve(socket) {
      const read = unitsOf();
      socket.on('error', () => {});
      socket.on('close', () => leave(socket));
      socket.on('data', (chunk) => {
        try {
          for (const { bytes, ends, asksForTls } of read(chunk)) {
            if (asksForTls) socket.write('N');
            else if (ends) socket.end();
            else {
              const act = () => session.run(bytes, (answer) => void socket.write(Buffer.from(answer)));
              turns.push({ of: socket, act });
            }
          }
        } catch {
          socket.destroy();
        }
        void go();
      });
    },
    between: (act) =>
      new Promise((resolve) => {
        turns.push({ of: null, act: () => act().then(resolve) });
        void go();
      }),
  };
}
