import type { FunctionSummary } from '../../outcome/answer.ts';
import type { Outcome } from '../../outcome/outcome.ts';
import type { FunctionPage } from '../../ports.ts';
import type { TaskOf } from '../../task/task.ts';
import type { ActionContext } from '../action.ts';

/** The most that AWS Lambda returns in one page: https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html */
const pageSize = 50;

/** AWS may send empty pages, but not without end. */
const emptyPagesInARow = 20;

/**
 * Lists functions page by page until `maxItems` are there or no more come. A server that repeats its markers, sends empty
 * pages without end or takes as long as it may for page after page would be listed forever: the list ends there, with a
 * warning and the marker.
 */
export async function listFunctions(
  { request: { marker, maxItems, allVersions }, limits }: TaskOf<'List Functions'>,
  { session: { lambda }, signal, log, clock }: ActionContext,
): Promise<Outcome> {
  const functions: FunctionSummary[] = [];
  const seen = new Set<string>();
  let next = marker;
  let page: FunctionPage;
  let empty = 0;
  const fullPages = Math.ceil(maxItems / pageSize);
  const end = clock.now() + limits.waitTimeout * (fullPages + 1);
  const mayGoOn = (marker: string) => !seen.has(marker) && empty <= emptyPagesInARow && clock.now() < end;
  do {
    if (next !== undefined) seen.add(next);
    const wanted = Math.min(maxItems - functions.length, pageSize);
    page = await lambda.listFunctions(
      { ...(next && { marker: next }), maxItems: wanted, allVersions },
      { limits, signal },
    );
    functions.push(...page.functions);
    empty = page.functions.length === 0 ? empty + 1 : 0;
    next = page.nextMarker ?? undefined;
  } while (next !== undefined && functions.length < maxItems && mayGoOn(next));
  if (next !== undefined && functions.length < maxItems) {
    log.warn(
      'ListFunctions: the server repeats its markers, sends only empty pages or is too slow; the list is cut off',
    );
  }
  const { attempts, requestId, statusCode, nextMarker } = page;
  return {
    status: 'SUCCESS',
    detail: `${functions.length} AWS Lambda ${functions.length === 1 ? 'function' : 'functions'} listed`,
    execution: 'not_started',
    ...{ attempts, requestId, errors: null, fields: null },
    answer: { kind: 'functions', statusCode, functions, nextMarker },
  };
}
