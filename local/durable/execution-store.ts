import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { LambdaError } from '../lambda/lambda-error.ts';
import { readMarker, writeMarker } from '../lambda/marker.ts';
import { executionArn } from './arn.ts';
import { type DurableExecution, isClosed, type StartRequest } from './execution.ts';
import { payload, plain, record } from './history.ts';

const DAY_MS = 86_400_000;
/** After so many starts, executions whose retention is over are forgotten. */
const PURGE_EVERY = 1000;

export interface ListFilter {
  readonly region: string;
  readonly functionName: string;
  readonly version: string | undefined;
  readonly name: string | undefined;
  readonly statuses: ReadonlySet<string> | undefined;
  readonly startedAfter: number | undefined;
  readonly startedBefore: number | undefined;
  readonly oldestFirst: boolean;
  readonly marker: string | null;
  readonly maxItems: number;
}

/** All executions since the endpoint started, by ARN and by the function's names for them. */
export class ExecutionStore {
  readonly #clock: Clock;
  readonly #readLagMs: number;
  readonly #byArn = new Map<string, DurableExecution>();
  readonly #byName = new Map<string, DurableExecution>();
  /** In the order of their start. */
  readonly #byFunction = new Map<string, DurableExecution[]>();
  readonly #counts = new Map<string, number>();
  #count = 0;

  constructor(clock: Clock, readLagMs: number) {
    this.#clock = clock;
    this.#readLagMs = readLagMs;
  }

  /** How many executions were started, chained ones included. */
  count(functionName?: string): number {
    return functionName === undefined ? this.#count : (this.#counts.get(functionName) ?? 0);
  }

  add(request: StartRequest): DurableExecution {
    const { region, functionName, functionArn, name = randomUUID() } = request;
    const id = randomUUID();
    const now = this.#clock.now();
    const { promise, resolve } = withResolvers();
    const root = { id, name, type: 'EXECUTION', status: 'STARTED', startedAt: now, input: request.input } as const;
    const execution: DurableExecution = {
      request,
      id,
      name,
      arn: executionArn(functionArn, name, id),
      sequence: this.#count,
      startedAt: now,
      visibleAt: Date.now() + this.#readLagMs,
      traceId: `Root=1-${Math.floor(now / 1000).toString(16)}-${randomBytes(12).toString('hex')};Sampled=0`,
      operations: new Map([[id, root]]),
      unseen: new Set([id]),
      history: [],
      closed: promise,
      settle: resolve,
      status: 'RUNNING',
      failures: 0,
      checkpoints: 0,
    };
    const details = { Input: payload(request.input), ExecutionTimeout: plain(request.executionTimeout) };
    record(execution, { type: 'ExecutionStarted', time: now, operation: { id, name }, details });
    this.#count += 1;
    this.#counts.set(functionName, this.count(functionName) + 1);
    this.#byArn.set(execution.arn, execution);
    this.#byName.set(`${region}/${functionName}/${name}`, execution);
    const list = this.#byFunction.get(`${region}/${functionName}`) ?? [];
    this.#byFunction.set(`${region}/${functionName}`, list);
    list.push(execution);
    if (this.#count % PURGE_EVERY === 0) this.#purge();
    return execution;
  }

  /** The execution that keeps this name from being used for another. */
  findByName(region: string, functionName: string, name: string): DurableExecution | undefined {
    const found = this.#byName.get(`${region}/${functionName}/${name}`);
    return found === undefined || this.#isOver(found) ? undefined : found;
  }

  find(arn: string): DurableExecution | undefined {
    const found = this.#byArn.get(arn);
    return found === undefined || this.#isOver(found) ? undefined : found;
  }

  /** Finds an execution as the reading operations do: a new one may take its time to show. */
  read(arn: string): DurableExecution {
    const found = this.find(arn);
    if (found !== undefined && this.#isVisible(found)) return found;
    throw new LambdaError(404, 'ResourceNotFoundException', 'Durable Execution does not exist');
  }

  list(filter: ListFilter): { executions: readonly DurableExecution[]; nextMarker: string | undefined } {
    const kind = filter.oldestFirst ? 'executions-oldest-first' : 'executions';
    const after = readMarker(filter.marker, kind);
    const all = this.#byFunction.get(`${filter.region}/${filter.functionName}`) ?? [];
    const ordered = filter.oldestFirst ? all : all.toReversed();
    const rows = ordered.filter(
      (execution) =>
        (after === undefined || (filter.oldestFirst ? execution.sequence > after : execution.sequence < after)) &&
        this.#isVisible(execution) &&
        !this.#isOver(execution) &&
        matches(execution, filter),
    );
    const executions = rows.slice(0, filter.maxItems);
    const last = executions.at(-1);
    const more = rows.length > executions.length && last !== undefined;
    return { executions, nextMarker: more ? writeMarker(kind, last.sequence) : undefined };
  }

  *all(): Iterable<DurableExecution> {
    yield* this.#byArn.values();
  }

  #isVisible({ visibleAt }: DurableExecution): boolean {
    return this.#readLagMs === 0 || Date.now() >= visibleAt;
  }

  /** Whether the retention of a closed execution is over; then it is as if it had never been. */
  #isOver(execution: DurableExecution): boolean {
    const { endedAt, request } = execution;
    if (!isClosed(execution) || endedAt === undefined) return false;
    return this.#clock.now() >= endedAt + request.retentionPeriodInDays * DAY_MS;
  }

  #purge(): void {
    for (const [arn, execution] of this.#byArn) if (this.#isOver(execution)) this.#byArn.delete(arn);
    for (const [name, execution] of this.#byName) if (this.#isOver(execution)) this.#byName.delete(name);
    for (const [key, list] of this.#byFunction) {
      this.#byFunction.set(
        key,
        list.filter((execution) => !this.#isOver(execution)),
      );
    }
  }
}

function matches(execution: DurableExecution, filter: ListFilter): boolean {
  const { version, name, statuses, startedAfter, startedBefore } = filter;
  return (
    (version === undefined || execution.request.version === version) &&
    (name === undefined || execution.name === name) &&
    (statuses === undefined || statuses.has(execution.status)) &&
    (startedAfter === undefined || execution.startedAt > startedAfter) &&
    (startedBefore === undefined || execution.startedAt < startedBefore)
  );
}

/** Node 20 has no Promise.withResolvers. */
function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
