import type { Outcome } from '../../outcome/outcome.ts';
import type { TaskOf } from '../../task/task.ts';
import type { ActionContext } from '../action.ts';

/** Asks for the account's settings: the cheapest call that proves region, credentials and permission. */
export async function testConnection(
  { limits }: TaskOf<'Test Connection'>,
  { session: { lambda }, signal }: ActionContext,
): Promise<Outcome> {
  const answer = await lambda.getAccountSettings({ limits, signal });
  const { statusCode, requestId, attempts } = answer;
  return {
    status: 'SUCCESS',
    detail: 'AWS Lambda can be reached and the credentials are accepted',
    execution: 'not_started',
    ...{ attempts, requestId, errors: null, fields: null },
    answer: { kind: 'account', statusCode, limits: answer.limits, usage: answer.usage },
  };
}
