import type { FunctionSummary, Outcome } from '../../outcome/outcome.ts';
import type { FunctionPage, Session } from '../../ports.ts';
import type { TaskOf } from '../../task/task.ts';

/** The most that AWS Lambda returns in one page: https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html */
const pageSize = 50;

/** Lists functions page by page until `maxItems` are there or no more come. */
export async function listFunctions(
  { request: { marker, maxItems, allVersions } }: TaskOf<'List Functions'>,
  { lambda }: Session,
): Promise<Outcome> {
  const functions: FunctionSummary[] = [];
  let next = marker;
  let page: FunctionPage;
  let sent: string | undefined;
  do {
    sent = next;
    const wanted = Math.min(maxItems - functions.length, pageSize);
    page = await lambda.listFunctions({ ...(next && { marker: next }), maxItems: wanted, allVersions });
    functions.push(...page.functions);
    next = page.nextMarker ?? undefined;
    // A marker that does not move would have it list the same page for ever.
  } while (next !== undefined && next !== sent && functions.length < maxItems);
  return {
    status: 'SUCCESS',
    detail: `${functions.length} AWS Lambda ${functions.length === 1 ? 'function' : 'functions'} listed`,
    execution: 'not_started',
    attempts: page.attempts,
    requestId: page.requestId,
    answer: { kind: 'functions', statusCode: page.statusCode, functions, nextMarker: page.nextMarker },
    errors: null,
  };
}
