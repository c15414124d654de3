import type { Outcome } from '../outcome/outcome.ts';
import type { TaskRecord } from '../outcome/task-record.ts';
import type { Ports, Session } from '../ports.ts';
import type { Action, TaskOf } from '../task/task.ts';

/** What an action works with, besides its task. */
export interface ActionContext
  extends Pick<Ports, 'log' | 'signal' | 'clock' | 'openFile' | 'environment' | 'onPart' | 'onProgress'> {
  readonly session: Session;
  /** Records what the action establishes, at the moment when it is established. */
  readonly record: TaskRecord;
}

export type Perform<A extends Action> = (task: TaskOf<A>, context: ActionContext) => Promise<Outcome>;
