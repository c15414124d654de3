import type { Outcome } from '../../outcome/outcome.ts';
import type { Delivery } from '../../task/delivery.ts';
import type { Task } from '../../task/task.ts';
import type { ActionContext } from '../action.ts';

/** Says what the task would do and with what, and sends nothing. In place of the task's own action. */
export async function check(task: Task, context: ActionContext): Promise<Outcome> {
  const { sources } = context.session;
  if (task.action === 'Trigger Lambda Function') await checkFiles(task.delivery, context);
  return {
    status: 'SUCCESS',
    detail: 'The fields are valid; nothing was sent',
    execution: 'not_started',
    ...{ attempts: 0, requestId: null, errors: null, fields: null },
    answer: { kind: 'check', statusCode: null, call: callOf(task), sources },
  };
}

/** Makes sure that the files of the answer can be written. Throws ValidationError. */
async function checkFiles({ responseFile, fullLog }: Delivery, context: ActionContext): Promise<void> {
  const files = { response_file: responseFile, log_file: fullLog?.file };
  for (const [field, path] of Object.entries(files)) {
    if (path === undefined) continue;
    const { openTaskFile } = await import('../trigger-lambda-function/task-file.ts');
    await (await openTaskFile(field, path, context)).discard();
  }
}

function callOf(task: Task): string {
  switch (task.action) {
    case 'Trigger Lambda Function': {
      const { functionName, qualifier, invocationType, payload } = task.request;
      const operation = task.delivery.streamed ? 'InvokeWithResponseStream' : 'Invoke';
      const name = qualifier === undefined ? functionName : `${functionName}:${qualifier}`;
      const call = `${operation} ${name} (${invocationType}) with ${payload?.length ?? 0} bytes of payload`;
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
