import { CancelledError } from '../../../errors.ts';
import { CallError } from '../../../outcome/call-failure.ts';
import { judge } from '../../../outcome/verdict.ts';
import type { CallOptions, DurableExecutions, DurablePage, Session } from '../../../ports.ts';
import type { InvokeRequest } from '../../../task/task.ts';

/** What a task's session is told of the job, and tells of its calls. */
export interface Guard {
  /** Writes the marker. Resolves with whether the call may be sent. */
  readonly mark: () => Promise<boolean>;
  /** An earlier worker may have started the execution: it is started again only where its name makes that harmless. */
  readonly resume: boolean;
  /** The execution's name was made of the job's id, which no execution can have before the first marker. */
  readonly isNameNew: boolean;
  readonly isLost: () => boolean;
  readonly onThrottled: (retryAfter: number | null) => void;
  readonly onAnswered: () => void;
  /** A call is not made, since a worker that ended may have made it. */
  readonly onSentBefore: (reason: string) => void;
}

/** The session of one job: the marker stands before each call that has an effect. */
export function guarded(session: Session, durable: DurableExecutions, guard: Guard): Session {
  let isMarked = false;

  async function latch(): Promise<void> {
    if (guard.isLost() || !(await guard.mark())) throw new CancelledError('the job is no longer this worker’s');
    isMarked = true;
  }

  async function watched<T>(call: () => Promise<T>): Promise<T> {
    try {
      const answer = await call();
      guard.onAnswered();
      return answer;
    } catch (error) {
      const throttled = throttleOf(error);
      if (throttled !== null) guard.onThrottled(throttled.retryAfter);
      else if (error instanceof CallError && error.failure.refusal?.fromAws === true) guard.onAnswered();
      throw error;
    }
  }

  async function invoking<T>(request: InvokeRequest, options: CallOptions, call: () => Promise<T>): Promise<T> {
    if (request.invocationType === 'DryRun') return call();
    if (guard.resume) {
      const reason = await whyNotAgain(session, request, options);
      if (reason !== null) {
        guard.onSentBefore(reason);
        throw new CancelledError(reason);
      }
    }
    await latch();
    return watched(call);
  }

  const { lambda } = session;
  return {
    region: session.region,
    sources: session.sources,
    lambda: {
      invoke: (request, options) => invoking(request, options, () => lambda.invoke(request, options)),
      invokeStreamed: (request, receive, options) =>
        invoking(request, options, () => lambda.invokeStreamed(request, receive, options)),
      listFunctions: (page, options) => lambda.listFunctions(page, options),
      getAccountSettings: (options) => lambda.getAccountSettings(options),
    },
    logs: session.logs,
    inspector: session.inspector,
    durable: {
      ...durable,
      find: async (query, options) => (guard.isNameNew && !isMarked ? none : durable.find(query, options)),
      async stop(arn, error, options) {
        if (guard.isLost()) throw new CancelledError('another worker goes on with the execution');
        return durable.stop(arn, error, options);
      },
      async sendCallback(request, options) {
        if (request.result !== 'heartbeat') await latch();
        return durable.sendCallback(request, options);
      },
    },
    close: () => session.close(),
  };
}

const none: DurablePage = { executions: [], nextMarker: null, statusCode: 200, requestId: null, attempts: 0 };

/** Why an execution that does not show cannot be started again: its name keeps a durable function from running twice, and no other. */
async function whyNotAgain(session: Session, request: InvokeRequest, options: CallOptions): Promise<string | null> {
  try {
    const { isDurable } = await session.inspector.describeFunction(request.functionName, request.qualifier, options);
    return isDurable ? null : 'the function is not durable';
  } catch (error) {
    const { message } = error as Error;
    return `no execution of the name shows, and whether the function is durable cannot be read: ${message}`;
  }
}

/** What a throttled call says; null for every other end. It has certainly not run. */
function throttleOf(error: unknown): { readonly retryAfter: number | null } | null {
  if (!(error instanceof CallError) || error.failure.refusal === null) return null;
  const { retry, execution } = judge(error.failure);
  if (retry !== 'fresh connection' || execution !== 'not_started') return null;
  const { retryAfterSeconds } = error.failure.refusal;
  return { retryAfter: retryAfterSeconds === null ? null : retryAfterSeconds * 1000 };
}
