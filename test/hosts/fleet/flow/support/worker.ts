import { randomUUID } from 'node:crypto';
import { keyOf, sharedSessions } from '../../../../../extension/aws/shared-sessions.ts';
import type { Database } from '../../../../../extension/hosts/fleet/database/database.ts';
import { prepare } from '../../../../../extension/hosts/fleet/flow/prepare.ts';
import { release } from '../../../../../extension/hosts/fleet/flow/release.ts';
import { parseKeys } from '../../../../../extension/hosts/fleet/job/sealed.ts';
import { Limits, unlimited } from '../../../../../extension/hosts/fleet/limits/limits.ts';
import { perform } from '../../../../../extension/hosts/fleet/worker/perform.ts';
import { Persistence } from '../../../../../extension/hosts/fleet/worker/persistence.ts';
import { ensureIndex, storeOf } from '../../../../../extension/hosts/fleet/worker/store.ts';
import { Waits } from '../../../../../extension/hosts/fleet/worker/waits.ts';
import { Worker } from '../../../../../extension/hosts/fleet/worker/worker.ts';
import { processPorts } from '../../../../../extension/hosts/process/ports.ts';

export const silent = { error() {}, warn() {}, info() {}, debug() {} };

export const keys = parseKeys('0123456789abcdef'.repeat(4), 'the test');

const environment = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'EXAMPLE-SECRET-KEY' };

/** A worker of one queue in this process. Ends with what it resolves to. */
export async function work(database: Database, queue: string, concurrency = 16): Promise<() => Promise<void>> {
  await ensureIndex(database);
  const now = () => performance.now();
  const log = silent;
  const sessions = sharedSessions();
  const persistence = new Persistence(log);
  const limits = new Limits({ concurrency: unlimited, rate: unlimited, most: concurrency }, now);
  const waits = new Waits({ ...processPorts.clock, now }, log);
  const performing = {
    ...{ ...processPorts, environment, keys, limits, waits, log, now, files: [] },
    openSession: sessions.openSession,
    connectionKey: ({ connection }: { readonly connection: Parameters<typeof keyOf>[0] }) => keyOf(connection),
    prepare: (data: Parameters<typeof prepare>[1]) => persistence.of(() => prepare(database, data, keys)),
  };
  const worker = new Worker(
    { concurrency, poll: 500, grace: 1000, untilEmpty: false },
    {
      stores: new Map([[queue, storeOf(database, queue)]]),
      ...{ limits, persistence, log, now, nonce: randomUUID() },
      observer: { settled() {}, swept() {} },
      onWake: (name, listener) => database.onWake(name, listener),
      perform: (held, mark) => perform(held, { ...performing, mark }),
      release: () => release(database),
    },
  );
  const running = worker.run();
  return async () => {
    worker.drain();
    await running;
    sessions.close();
  };
}
