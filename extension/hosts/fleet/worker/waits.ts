import type {
  CallOptions,
  Clock,
  DurableExecution,
  DurableExecutions,
  DurableReadOptions,
  HistoryPage,
  Log,
} from '../../../ports.ts';
import { Alarm } from './alarm.ts';
import { Gate } from './gate.ts';
import { OpenList } from './open-list.ts';

/**
 * Reads a second of one account and region: AWS allows 30 of one execution, 15 of lists and 15 of histories, to all who ask.
 */
const perSecond = { get: 20, find: 8, history: 8 } as const;

/** Reads that may come at once. */
const burst = 10;

/** So few waits of a function are read one by one, with their progress. */
export const few = 5;

/** Milliseconds that the last events of an execution are worth waiting for. */
const longestHistory = 5_000;

/** What the tasks of one connection share. */
interface Pool {
  readonly gates: Readonly<Record<keyof typeof perSecond, Gate>>;
  /** By function and version. */
  readonly lists: Map<string, OpenList>;
}

/** One task that may come to wait. */
export interface Waiter {
  /** As the task's own, but woken when its execution may have ended. */
  readonly clock: Clock;
  /** The calls of the task's session, answered for many from one list where that can be. */
  durable(own: DurableExecutions, connection: () => string): DurableExecutions;
  leave(): void;
}

/** All waits for durable executions of this worker: those of a function share one reader of their statuses. */
export class Waits {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #pools = new Map<string, Pool>();

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  join(): Waiter {
    const alarm = new Alarm(this.#clock);
    let leave = () => {};
    return {
      clock: alarm,
      durable: (own, connection) => {
        let known: Pool | undefined;
        const pool = () => {
          known ??= this.#poolOf(connection()); // most tasks never ask
          return known;
        };
        let kept: DurableExecution | null = null;
        let hasEnded = false;
        const listOf = (arn: string, options: CallOptions): OpenList => {
          const { gates, lists } = pool();
          const key = arn.slice(0, arn.indexOf('/'));
          const list = lists.get(key) ?? new OpenList(key, gates.find, this.#clock, this.#log);
          lists.set(key, list);
          list.join(arn, { alarm, durable: own, options });
          leave = () => {
            list.leave(arn);
            if (list.size === 0) lists.delete(key);
          };
          return list;
        };

        const read = async (arn: string, options: DurableReadOptions): Promise<DurableExecution> => {
          await pool().gates.get.pass(options.signal);
          return own.get(arn, options);
        };

        /** One read for both: that it has ended, and how. */
        const readEnd = async (arn: string, list: OpenList, options: DurableReadOptions): Promise<DurableExecution> => {
          const execution = await read(arn, { ...options, withData: true });
          list.wasRead(arn, execution.status);
          hasEnded = closed.has(execution.status);
          kept = hasEnded ? execution : null;
          return execution;
        };

        return {
          find: async (query, options) => {
            await pool().gates.find.pass(options.signal);
            return own.find(query, options);
          },
          async get(arn, options) {
            if (options.withData) {
              const execution = kept ?? (await read(arn, options));
              kept = null;
              return execution;
            }
            const list = listOf(arn, options);
            if (list.size <= few || list.isDenied) return read(arn, options);
            const status = list.statusOf(arn);
            return status === 'look' ? readEnd(arn, list, options) : asListed(arn, status);
          },
          async history(arn, marker, options) {
            const { gates, lists } = pool();
            const isCrowded = (lists.get(arn.slice(0, arn.indexOf('/')))?.size ?? 0) > few;
            if ((isCrowded && !hasEnded) || gates.history.depth > longestHistory) return noEvents;
            await gates.history.pass(options.signal);
            return own.history(arn, marker, options);
          },
          stop: (arn, error, options) => own.stop(arn, error, options),
          sendCallback: (request, options) => own.sendCallback(request, options),
        };
      },
      leave: () => leave(),
    };
  }

  #poolOf(connection: string): Pool {
    const known = this.#pools.get(connection);
    if (known !== undefined) return known;
    const gate = (name: keyof typeof perSecond) => new Gate(perSecond[name], burst, this.#clock);
    const pool = { gates: { get: gate('get'), find: gate('find'), history: gate('history') }, lists: new Map() };
    this.#pools.set(connection, pool);
    return pool;
  }
}

const closed = new Set(['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'STOPPED']);

const noEvents: HistoryPage = { events: [], nextMarker: null, statusCode: 200, requestId: null, attempts: 1 };

/** Says no more than the list did; an empty status is one that is not known. */
function asListed(arn: string, status: string): DurableExecution {
  return {
    ...{ arn, name: '', status, startedAt: null, endedAt: null, version: null },
    ...{ input: null, result: null, error: null, executionTimeout: null, tooLarge: false },
    ...{ statusCode: 200, requestId: null, attempts: 1 },
  };
}
