import type { CallOptions, DurableQuery, DurableSummary } from '../../ports.ts';
import type { InvokeRequest } from '../../task/task.ts';
import type { ActionContext } from '../action.ts';
import { readFaultOf } from './read-fault.ts';
import { isClosed } from './watch.ts';

/** An execution as it was found, with the status of the answer that named it. */
export interface Match {
  readonly execution: DurableSummary;
  readonly statusCode: number;
}

/** Pages that are read at most: a name has few executions, but a page may come empty with more behind it. */
const mostPages = 50;

/**
 * Looks for the execution of a name: of the given version or alias, and then of any, since an alias may have moved on
 * since a task that was killed started it.
 */
export async function findByName(
  { functionName, qualifier }: InvokeRequest,
  name: string,
  { session }: Pick<ActionContext, 'session'>,
  options: CallOptions,
  anyVersion: boolean,
): Promise<Match | null> {
  const query = { functionName, name };
  const own = await search({ ...query, ...(qualifier && { qualifier }) });
  if (own !== null || !anyVersion) return own;
  return search(query).catch((error) => {
    // Not every permission, and not every server, takes a question about all versions.
    if (readFaultOf(error) === 'passing') throw error;
    return null;
  });

  async function search(wanted: DurableQuery): Promise<Match | null> {
    return latest(await executionsOf(wanted, session, options));
  }
}

/** Every execution that has the name. */
export async function executionsOf(
  query: DurableQuery,
  { durable }: ActionContext['session'],
  options: CallOptions,
): Promise<Match[]> {
  const matches: Match[] = [];
  let marker: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const { executions, nextMarker, statusCode } = await durable.find({ ...query, ...(marker && { marker }) }, options);
    const named = executions.filter((execution) => execution.name === query.name);
    matches.push(...named.map((execution) => ({ execution, statusCode })));
    if (nextMarker === null || nextMarker === marker) break;
    marker = nextMarker;
  }
  return matches;
}

/** One that runs before one that has ended, and then the one that began last. */
function latest(matches: readonly Match[]): Match | null {
  const rank = ({ execution: { status, startedAt } }: Match) =>
    (isClosed(status) ? 0 : Number.MAX_SAFE_INTEGER / 2) + (startedAt ?? 0);
  return [...matches].sort((a, b) => rank(b) - rank(a))[0] ?? null;
}
