import { ValidationError, type Violation } from '../../../errors.ts';
import { parseFields } from '../../../task/fields.ts';
import type { Database } from '../database/database.ts';
import { toJobData } from '../job/data.ts';
import type { JobData } from '../job/job.ts';
import type { Keys } from '../job/sealed.ts';
import type { Flow } from './flow.ts';
import { graphViolations } from './graph.ts';
import { flowIdOf, taskIdOf } from './ids.ts';
import { parseFlow } from './parse.ts';
import { ensureReleaseIndex } from './release.ts';
import { rowsOf } from './rows.ts';
import { hasTemplate, takesTemplates } from './template.ts';

export interface FlowOptions {
  readonly queue: string;
  readonly priority?: number;
  /** When its first tasks may run at the earliest. */
  readonly startAfter?: Date;
  readonly deleteAfterSeconds?: number;
  /** Of the flow file, for errors. */
  readonly path?: string;
  readonly keys: Keys | null;
  /** With a key the same flow is submitted once. */
  readonly key?: string;
  /** The id that the flow is to have, when it comes from elsewhere: as with a key. */
  readonly id?: string;
}

export interface SubmittedFlow {
  readonly id: string;
  /** How many tasks it has. */
  readonly tasks: number;
  /** Whether it was there already, by its key or id. */
  readonly existed: boolean;
}

/** A task of a flow in the form of the queue. */
interface Member {
  readonly name: string;
  readonly id: string;
  readonly needs: readonly string[];
  readonly data: JobData;
}

/** Characters of the data of all tasks: they are inserted by one statement. */
const dataLimit = 64 * 2 ** 20;

/** Submits the flow of a file's text, all of its tasks or none. Throws ValidationError with every violation. */
export async function submitFlow(db: Database, text: string, options: FlowOptions): Promise<SubmittedFlow> {
  const { queue, path, keys, key, id = flowIdOf(queue, key) } = options;
  const members = withPath(path, () => membersOf(parseFlow(text), id, keys));
  await ensureReleaseIndex(db);
  const existed = !(await insert(db, members, options).then(
    () => true,
    async (error) => {
      // The insert is refused when one of the ids is there; also when its own answer was lost and it was tried again.
      if (!(await isThere(db, members))) throw error;
      return key === undefined && options.id === undefined;
    },
  ));
  await db.wake(queue);
  return { id, tasks: members.length - 1, existed };
}

/** What would be submitted; throws ValidationError with every violation. For a check without a database. */
export function checkFlow(text: string, { path, keys }: Pick<FlowOptions, 'path' | 'keys'>): Flow {
  return withPath(path, () => {
    const flow = parseFlow(text);
    membersOf(flow, flowIdOf(''), keys);
    return flow;
  });
}

/** The tasks, and last the job that has the flow's id and ends when all of them have. */
function membersOf(flow: Flow, id: string, keys: Keys | null): readonly Member[] {
  const violations: Violation[] = [...graphViolations(flow)];
  const members: Member[] = [];
  const idsOf = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, taskIdOf(id, name)]));
  for (const [name, { needs, when, fields }] of flow.tasks) {
    const place = { name: flow.name, when, needs: idsOf(needs) };
    try {
      const data = toJobData(fields, { group: id, label: name, flow: place, keys, unfilled: true });
      const isTemplate = hasTemplate(fields.function_name);
      members.push({ name, id: taskIdOf(id, name), needs, data: { ...data, ...(isTemplate && { function: null }) } });
    } catch (error) {
      if (!(error instanceof ValidationError)) throw error;
      violations.push(...placed(flow, name, error.violations));
    }
    violations.push(...placed(flow, name, fieldViolations(fields)));
  }
  if (violations.length > 0) throw new ValidationError(unique(violations));
  const size = members.reduce((sum, { data }) => sum + data.fields.length + (data.sealed?.length ?? 0), 0);
  if (size > dataLimit) {
    const message = `its tasks have ${Math.ceil(size / 2 ** 20)} MB of fields, more than ${dataLimit / 2 ** 20}; give payload_file`;
    throw new ValidationError([{ field: 'tasks', message }]);
  }
  const names = [...flow.tasks.keys()];
  const place = { name: flow.name, when: 'always', needs: idsOf(names) } as const;
  const data = { form: 1, fields: '{}', function: null, group: id, label: null, flow: place } as const;
  return [...members, { name: '', id, needs: names, data }];
}

/** What the core says of the fields that hold no template; the others are checked when their values are there. */
function fieldViolations(fields: Readonly<Record<string, unknown>>): readonly Violation[] {
  try {
    parseFields(fields);
    return [];
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    return error.violations.filter(({ field }) => field === null || !isFilledLater(field, fields[field]));
  }
}

function isFilledLater(field: string, value: unknown): boolean {
  return takesTemplates(field) && hasTemplate(value);
}

function placed({ place }: Flow, task: string, violations: readonly Violation[]): readonly Violation[] {
  return violations.map(({ field, message }) => {
    const path = ['tasks', task, 'fields', ...(field === null ? [] : [field])];
    return { field: path.join('.'), message: `${place(path)}${message}` };
  });
}

function unique(violations: readonly Violation[]): readonly Violation[] {
  return [...new Map(violations.map((violation) => [`${violation.field} ${violation.message}`, violation])).values()];
}

/** Puts the file's path before what is said of the file as a whole. */
function withPath<T>(path: string | undefined, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ValidationError) || path === undefined) throw error;
    const inFile = ({ field, message }: Violation) => (field === null ? `${path}: ${message}` : message);
    throw new ValidationError(error.violations.map((violation) => ({ ...violation, message: inFile(violation) })));
  }
}

/** What the job of the whole flow is called while it is inserted; no task has this name. */
const whole = ' ';

async function insert({ boss, sql }: Database, members: readonly Member[], options: FlowOptions): Promise<void> {
  const { queue, priority, startAfter, deleteAfterSeconds } = options;
  const shared = {
    ...(priority !== undefined && { priority }),
    ...(deleteAfterSeconds !== undefined && { deleteAfterSeconds }),
  };
  await boss.flow(
    members.map(({ name, id, needs, data }) => ({
      ref: name === '' ? whole : name,
      name: queue,
      data,
      options: {
        ...{ id, ...shared },
        ...(needs.length === 0 && startAfter !== undefined && { startAfter }),
        ...(data.function !== null && { group: { id: data.function } }),
      },
      dependsOn: [...needs],
    })),
    // Statements that are sent together are one transaction, and leave none open when one of them fails.
    { db: { executeSql: (text) => sql(text).then(() => ({ rows: [] })) } },
  );
}

/** Whether the very same flow is there; throws ValidationError when another has its id. */
async function isThere(db: Database, members: readonly Member[]): Promise<boolean> {
  const rows = await rowsOf(db, Object.fromEntries(members.map(({ name, id }) => [name, id])), true);
  const id = members.at(-1)?.id;
  if (!rows.has('')) return false;
  const isSame = ({ name, data }: Member) => !rows.has(name) || fingerprint(rows.get(name)?.data) === fingerprint(data);
  if (members.every(isSame)) return true;
  const message = `another flow was submitted with this key (its id is ${id}); give each flow a key of its own`;
  throw new ValidationError([{ field: null, message }]);
}

/** What makes a task the same; secrets are encrypted anew each time. */
function fingerprint(data: unknown): string {
  const { fields, label, flow } = Object(data) as Partial<JobData>;
  return JSON.stringify([fields, label, flow?.name, flow?.when, Object.entries(flow?.needs ?? {}).sort()]);
}
