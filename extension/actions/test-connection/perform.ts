import type { Outcome } from '../../outcome/outcome.ts';
import type { Session } from '../../ports.ts';
import type { TaskOf } from '../../task/task.ts';

/** Asks for the account's settings: the cheapest call that proves region, credentials and permission. */
export async function testConnection(_task: TaskOf<'Test Connection'>, { lambda }: Session): Promise<Outcome> {
  const { statusCode, requestId, attempts, limits, usage } = await lambda.getAccountSettings();
  return {
    status: 'SUCCESS',
    detail: 'AWS Lambda can be reached and the credentials are accepted',
    execution: 'not_started',
    ...{ attempts, requestId, errors: null },
    answer: { kind: 'account', statusCode, limits, usage },
  };
}
