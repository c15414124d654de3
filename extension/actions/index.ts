import type { Outcome } from '../outcome/outcome.ts';
import type { Log, Session } from '../ports.ts';
import type { Action, Task, TaskOf } from '../task/task.ts';
import { listFunctions } from './list-functions/perform.ts';
import { testConnection } from './test-connection/perform.ts';
import { triggerLambdaFunction } from './trigger-lambda-function/perform.ts';

type Perform<A extends Action> = (task: TaskOf<A>, session: Session, log: Log) => Promise<Outcome>;

const actions: { readonly [A in Action]: Perform<A> } = {
  'Trigger Lambda Function': triggerLambdaFunction,
  'List Functions': listFunctions,
  'Test Connection': testConnection,
};

/** Does what the task asks for. */
export function perform(task: Task, session: Session, log: Log): Promise<Outcome> {
  const action = actions[task.action] as Perform<Action>;
  return action(task, session, log);
}
