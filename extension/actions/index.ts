import type { Outcome } from '../outcome/outcome.ts';
import type { Action, Task } from '../task/task.ts';
import type { ActionContext, Perform } from './action.ts';
import { listFunctions } from './list-functions/perform.ts';
import { sendCallback } from './send-callback/perform.ts';
import { testConnection } from './test-connection/perform.ts';
import { triggerLambdaFunction } from './trigger-lambda-function/perform.ts';

const actions: { readonly [A in Action]: Perform<A> } = {
  'Trigger Lambda Function': triggerLambdaFunction,
  'List Functions': listFunctions,
  'Test Connection': testConnection,
  'Send Callback': sendCallback,
};

/** Does what the task asks for. */
export function perform(task: Task, context: ActionContext): Promise<Outcome> {
  const action = actions[task.action] as Perform<Action>;
  return action(task, context);
}
