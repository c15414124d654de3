import { newTrace, parseTrace, type Trace } from '../../formats/trace-id.ts';
import type { ActionContext } from '../action.ts';

/** The trace that a call is sent with, which is logged before: the user's, this process's, or one of its own. */
export function traceOf(given: Trace | undefined, context: ActionContext): Trace {
  const trace = given ?? traceIn(context) ?? newTrace(context.clock.now());
  context.log.info(`Trace ${trace.id}`);
  return trace;
}

/** The trace that this process is a part of. A text that is none must not keep the task from running. */
function traceIn({ environment, log }: ActionContext): Trace | null {
  for (const name of ['traceparent', 'TRACEPARENT', '_X_AMZN_TRACE_ID']) {
    const text = environment[name];
    if (!text) continue;
    const trace = parseTrace(text);
    if (trace !== null) return trace;
    log.warn(`${name} is not the name of a trace, and is not used`);
  }
  return null;
}
