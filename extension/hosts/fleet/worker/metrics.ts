import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Settled } from '../job/job.ts';
import type { JobStore } from './store.ts';
import type { Swept } from './sweep.ts';

/** Seconds; a synchronous call may take half an hour, a durable execution longer. */
const buckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 1800, 7200];

/** What an answer about the queues may be old (ms): a scrape must not weigh on the database. */
const fresh = 2_000;

/** What a scrape reads of the worker. */
export interface Measured {
  readonly running: number;
  readonly inHand: number;
}

export interface Metrics {
  settled(queue: string, settled: Settled): void;
  swept(queue: string, swept: Swept): void;
  readonly contentType: string;
  text(): Promise<string>;
}

/** The figures of a worker for Prometheus. */
export function metricsOf(stores: ReadonlyMap<string, JobStore>, worker: () => Measured): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const tasks = new Counter({
    ...{ name: 'ue_aws_lambda_tasks_total', help: 'Tasks that this worker has settled.', registers },
    labelNames: ['queue', 'status', 'execution'],
  });
  const durations = new Histogram({
    ...{ name: 'ue_aws_lambda_task_duration_seconds', help: 'How long this worker had a task.', registers, buckets },
    labelNames: ['queue'],
  });
  const orphans = new Counter({
    name: 'ue_aws_lambda_orphans_total',
    help: 'Jobs of workers that ended, by what was done: settled as unknown or not_started, or put back.',
    labelNames: ['queue', 'verdict'],
    registers,
  });
  new Gauge({
    ...{ name: 'ue_aws_lambda_tasks_running', help: 'Tasks that this worker runs.', registers },
    collect() {
      this.set(worker().running);
    },
  });
  new Gauge({
    ...{
      name: 'ue_aws_lambda_jobs_in_hand',
      help: 'Jobs that this worker has fetched and not yet settled.',
      registers,
    },
    collect() {
      this.set(worker().inHand);
    },
  });
  const waitingOf = new Map([...stores].map(([queue, store]) => [queue, kept(() => store.waiting())]));
  const ofQueue = (name: string, help: string, value: (of: { count: number; oldest: number }) => number) =>
    new Gauge({
      ...{ name, help, labelNames: ['queue'], registers },
      async collect() {
        for (const [queue, waiting] of waitingOf) this.set({ queue }, value(await waiting()));
      },
    });
  ofQueue('ue_aws_lambda_tasks_waiting', 'Jobs of the queue that could run now.', ({ count }) => count);
  ofQueue('ue_aws_lambda_oldest_waiting_seconds', 'How long the oldest of them has waited.', ({ oldest }) => oldest);
  return {
    settled(queue, { status, execution, duration }) {
      tasks.inc({ queue, status, execution });
      durations.observe({ queue }, duration / 1000);
    },
    swept: (queue, { verdict }) => orphans.inc({ queue, verdict }),
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}

/** Asks at most once in a while. */
function kept<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | null = null;
  return () => {
    if (answer === null) {
      answer = ask();
      setTimeout(() => {
        answer = null;
      }, fresh).unref();
    }
    return answer;
  };
}
