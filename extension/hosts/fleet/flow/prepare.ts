import type { Outcome } from '../../../outcome/outcome.ts';
import type { Database } from '../database/database.ts';
import { toFields } from '../job/data.ts';
import { documentOf, readWholeOutput } from '../job/document.ts';
import type { FlowMember, JobData } from '../job/job.ts';
import type { Keys } from '../job/sealed.ts';
import { taskIdOf } from './ids.ts';
import { flowOutcome, namesOf, notStarted, sentenceOf } from './outcomes.ts';
import { RawJson } from './raw-json.ts';
import { isEnded, outputsOf, rowsOf, type TaskRow } from './rows.ts';
import { placeholdersIn, rendered, TemplateError, takesTemplates } from './template.ts';

/** What to do with a task of a flow: run it with these raw fields, or settle it without a call. */
export type Prepared = { readonly run: unknown } | { readonly settle: Outcome };

type Store = Pick<Database, 'sql' | 'schema'>;
type Fields = Readonly<Record<string, unknown>>;

/**
 * Decides what a released task of a flow does, and puts values into its templates. Throws what the database throws, so
 * that the task is not settled for want of a connection, and ValidationError when its fields cannot be read.
 */
export async function prepare(db: Store, data: JobData, keys: Keys | null = null): Promise<Prepared> {
  const { flow } = data;
  if (flow === undefined) return { run: toFields(data, keys) };
  const needs = await rowsOf(db, flow.needs);
  if (data.label === null) return { settle: flowOutcome([...needs.values()]) };
  const open = JSON.parse(data.fields) as Fields; // without secrets, which take no templates
  const stop = stopOf(flow, needs, open);
  if (stop !== null) return { settle: stop };
  try {
    const fields = rendered(open, await lookUpOf(db, data, flow, open));
    const secrets = toFields(data, keys) as Fields;
    return { run: { ...secrets, ...fields } };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const field = error.message.split(':', 1)[0] as string;
    const entry = { name: error.name, message: error.message.slice(field.length + 2), field };
    return { settle: notStarted('FAIL', `${error.message}. ${unstarted}`, [entry], open) };
  }
}

const unstarted = 'The function was not started.';

/** Why a task does not run; null when it does. */
function stopOf({ needs, when }: FlowMember, rows: ReadonlyMap<string, TaskRow>, fields: Fields): Outcome | null {
  const names = Object.keys(needs);
  const gone = names.filter((name) => !rows.has(name)).map((name) => ({ name }));
  if (gone.length > 0 && when !== 'always') return stopped('is no longer in the database', gone, fields);
  const found = [...rows.values()];
  const open = found.filter(({ state }) => !isEnded(state));
  if (open.length > 0) return stopped('has not ended', open, fields);
  const bad = found.filter(({ state }) => state !== 'completed');
  if (when === 'failure' && bad.length === 0) {
    return notStarted('SUCCESS', `None of the tasks that this one needs failed. ${unstarted}`, [], fields);
  }
  return when === 'success' && bad.length > 0 ? stopped('did not succeed', bad, fields) : null;
}

type Need = { readonly name: string } & Partial<TaskRow>;

function stopped(what: string, needs: readonly Need[], fields: Fields): Outcome {
  const [first] = needs;
  const reason = ({ state, description }: Need) =>
    state === undefined || !isEnded(state)
      ? what
      : `${what} (${sentenceOf({ state, description: description ?? null })})`;
  const detail =
    needs.length === 1 && first !== undefined
      ? `The task ${first.name}, which this one needs, ${reason(first)}. ${unstarted}`
      : `Of the tasks that this one needs, each of these ${what}: ${namesOf(needs)}. ${unstarted}`;
  const errors = needs.map((need) => ({ name: 'NeedFailed', message: `${need.name} ${reason(need)}` }));
  return notStarted('FAIL', detail, errors, fields);
}

/** Looks values up in the documents of the tasks that the templates name. */
async function lookUpOf(db: Store, { group }: JobData, flow: FlowMember, fields: Fields) {
  const first = Object.entries(fields)
    .filter(([field]) => takesTemplates(field))
    .flatMap(([field, value]) => placeholdersIn(field, value).map(({ steps }) => steps?.[0]));
  const tasks = [...new Set(first)].filter((task) => task !== undefined && task !== 'flow') as string[];
  const idOf = new Map(tasks.map((task) => [task, taskIdOf(group, task)]));
  const outputs = tasks.length === 0 ? new Map<string, unknown>() : await outputsOf(db, [...idOf.values()]);
  const documents = new Map(
    tasks.map((task) => {
      const output = readWholeOutput(outputs.get(idOf.get(task) as string));
      return [task, output.kind === 'settled' ? new RawJson(documentOf(output.settled)) : null] as const;
    }),
  );
  const ownFlow = new RawJson(JSON.stringify({ id: group, name: flow.name }));
  return (path: string, [task = '', ...rest]: readonly string[]): string => {
    const document = task === 'flow' ? ownFlow : documents.get(task);
    const about = `{{ ${path.slice(0, 100)} }}`;
    if (!document) throw new TemplateError(`${about} has no value: the task ${task} left no output`);
    const value = document.at(rest);
    if (value === undefined) throw new TemplateError(`${about} has no value in the output of the task ${task}`);
    return value;
  };
}
