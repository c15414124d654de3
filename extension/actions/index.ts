import type { Outcome } from '../outcome/outcome.ts';
import type { TaskRecord } from '../outcome/task-record.ts';
import type { Ports, Session } from '../ports.ts';
import type { Action, Task, TaskOf } from '../task/task.ts';
import { listFunctions } from './list-functions/perform.ts';
import { sendCallback } from './send-callback/perform.ts';
import { testConnection } from './test-connection/perform.ts';
import { triggerLambdaFunction } from './trigger-lambda-function/perform.ts';

/** What an action works with, besides its task. */
export interface ActionContext extends Pick<Ports, 'log' | 'signal' | 'clock' | 'onProgress'> {
  readonly session: Session;
  /** Takes down what the action establishes, at the moment when it is established. */
  readonly record: TaskRecord;
}

export type Perform<A extends Action> = (task: TaskOf<A>, context: ActionContext) => Promise<Outcome>;

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
