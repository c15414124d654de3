import type { Outcome } from '../../outcome/outcome.ts';
import type { Task } from '../../task/task.ts';
import type { ActionContext } from '../action.ts';

/** Says what the task would do and with what, and sends nothing. In place of the task's own action. */
export async function check(task: Task, { session: { sources } }: ActionContext): Promise<Outcome> {
  return {
    status: 'SUCCESS',
    detail: 'The fields are valid; nothing was sent',
    execution: 'not_started',
    ...{ attempts: 0, requestId: null, errors: null, fields: null },
    answer: { kind: 'check', statusCode: null, call: callOf(task), sources },
  };
}

function callOf(task: Task): string {
  switch (task.action) {
    case 'Trigger Lambda Function': {
      const { functionName, qualifier, invocationType, payload } = task.request;
      const name = qualifier === undefined ? functionName : `${functionName}:${qualifier}`;
      const call = `Invoke ${name} (${invocationType}) with ${payload?.length ?? 0} bytes of payload`;
      const { durable } = task;
      return durable === undefined
        ? call
        : `${call} unless the durable execution is there already, and wait ${durable.timeout / 1000} s for its end`;
    }
    case 'List Functions':
      return `ListFunctions, at most ${task.request.maxItems}`;
    case 'Test Connection':
      return 'GetAccountSettings';
    case 'Send Callback':
      return `SendDurableExecutionCallback (${task.request.result})`;
  }
}
