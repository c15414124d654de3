import { randomUUID } from 'node:crypto';
import { keyOf, sharedSessions } from '../../../aws/shared-sessions.ts';
import type { Environment, Log } from '../../../ports.ts';
import { processPorts } from '../../process/ports.ts';
import type { Database, DatabaseOptions } from '../database/database.ts';
import { openDatabase } from '../database/open.ts';
import { ensureQueue } from '../database/queue.ts';
import { prepare } from '../flow/prepare.ts';
import { release } from '../flow/release.ts';
import type { JobData } from '../job/job.ts';
import { loadKeys } from '../job/sealed.ts';
import { type LimitOptions, Limits } from '../limits/limits.ts';
import { submitScheduled } from '../schedule/submit-flow.ts';
import type { Held } from './held.ts';
import { perform } from './perform.ts';
import { Persistence } from './persistence.ts';
import { ensureIndex, type JobStore, storeOf } from './store.ts';
import { Waits } from './waits.ts';
import { Worker } from './worker.ts';
import type { Observer, WorkerOptions } from './worker-ports.ts';

export interface ServeOptions extends WorkerOptions {
  readonly database: DatabaseOptions;
  readonly queues: readonly string[];
  readonly limits: Omit<LimitOptions, 'most'>;
  readonly secretKeyFile: string | undefined;
  /** The folders whose files tasks may use; every file when there are none. */
  readonly files: readonly string[];
  /** The port of the figures; none without it. */
  readonly metrics: number | undefined;
}

export interface ServePorts {
  readonly environment: Environment;
  readonly log: Log;
  /** Aborted when the worker is to end. */
  readonly signal: AbortSignal;
  readonly storeOf?: (database: Database, queue: string) => JobStore;
}

/** Runs a worker until it is told to end, or its queues are empty. */
export async function serve(options: ServeOptions, ports: ServePorts): Promise<void> {
  const { environment, log, signal } = ports;
  const keys = await loadKeys(options.secretKeyFile, environment, processPorts.readFile);
  const database = await openDatabase({ ...options.database, looksAfter: true }, environment, log);
  try {
    for (const queue of options.queues) await ensureQueue(database, queue);
    await ensureIndex(database);
    const stores = new Map(options.queues.map((queue) => [queue, (ports.storeOf ?? storeOf)(database, queue)]));
    const now = () => performance.now();
    const limits = new Limits({ ...options.limits, most: options.concurrency }, now);
    const sessions = sharedSessions();
    const persistence = new Persistence(log);
    const waits = new Waits(processPorts.clock, log);
    const performing = {
      ...{ ...processPorts, environment, keys, limits, waits, log, now, files: options.files },
      openSession: sessions.openSession,
      connectionKey: ({ connection }: { readonly connection: Parameters<typeof keyOf>[0] }) => keyOf(connection),
      prepare: async (data: JobData, held: Held) =>
        data.submits === undefined
          ? persistence.of(() => prepare(database, data, keys))
          : { settle: await persistence.of(() => submitScheduled(database, held, data, keys)) },
    };
    const metrics =
      options.metrics === undefined ? null : (await import('./metrics.ts')).metricsOf(stores, () => worker);
    const observer: Observer = metrics ?? { settled() {}, swept() {} };
    const worker: Worker = new Worker(options, {
      ...{ stores, limits, persistence, observer, log, now, nonce: randomUUID() },
      onWake: (queue, listener) => database.onWake(queue, listener),
      perform: (held, mark) => perform(held, { ...performing, mark }),
      release: () => release(database),
    });
    const notReady = () => {
      if (worker.isEnding) return 'ending';
      return persistence.isAnswering ? null : 'the database does not answer';
    };
    const server =
      metrics === null || options.metrics === undefined
        ? null
        : await (await import('./metrics-server.ts')).serveMetrics(options.metrics, metrics, notReady);
    if (server !== null) log.info(`Metrics: ${server.url}/metrics`);
    signal.addEventListener('abort', () => worker.drain());
    if (signal.aborted) worker.drain();
    log.info(`Working on ${options.queues.join(', ')}, ${options.concurrency} tasks at once`);
    try {
      await worker.run();
    } finally {
      server?.close();
      sessions.close();
    }
    log.info('The worker has ended; nothing is in its hand');
  } finally {
    await database.close();
  }
}
