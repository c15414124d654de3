import type { Execution } from '../../../outcome/outcome.ts';
import type { Database } from '../database/database.ts';
import { evidenceOf } from '../job/evidence.ts';
import type { JobState } from '../job/job.ts';

/** A task of a flow as it is in the database, without its document. */
export interface TaskRow {
  readonly name: string;
  readonly id: string;
  readonly state: JobState;
  readonly blocked: boolean;
  /** What is known of its function; null when it has not ended. */
  readonly execution: Execution | null;
  readonly exitCode: number | null;
  readonly description: string | null;
  readonly data: unknown;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
}

interface Row {
  readonly [column: string]: unknown;
  readonly id: string;
  readonly state: JobState;
  readonly blocked: boolean;
  readonly data: unknown;
  readonly head: unknown;
  readonly started: Date | null;
  readonly ended: Date | null;
}

/** The rows of jobs, by the names that they have in their flow. A job that was deleted has none. */
export async function rowsOf(
  { sql, schema }: Pick<Database, 'sql' | 'schema'>,
  ids: Readonly<Record<string, string>>,
  withData = false,
): Promise<ReadonlyMap<string, TaskRow>> {
  const rows = await sql<Row>(
    `SELECT id, state::text AS state, blocked, ${withData ? 'data' : 'NULL::jsonb AS data'},
       started_on AS started, completed_on AS ended,
       CASE WHEN jsonb_typeof(output) = 'object' THEN output - 'document' ELSE output END AS head
     FROM ${schema}.job WHERE ${byId(schema)}`,
    [Object.values(ids)],
  );
  const found = new Map(rows.map((row) => [row.id, row]));
  const named = Object.entries(ids).flatMap(([name, id]) => {
    const row = found.get(id);
    return row === undefined ? [] : [[name, rowOf(name, row)] as const];
  });
  return new Map(named);
}

/** The documents and all else that jobs have as their output. */
export async function outputsOf(
  { sql, schema }: Pick<Database, 'sql' | 'schema'>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, unknown>> {
  const rows = await sql<{ id: string; output: unknown }>(
    `SELECT id, output FROM ${schema}.job WHERE ${byId(schema)}`,
    [ids],
  );
  return new Map(rows.map(({ id, output }) => [id, output]));
}

/** The key of the table begins with the queue, which a flow's task need not know. */
function byId(schema: string): string {
  return `name = ANY(ARRAY(SELECT name FROM ${schema}.queue)) AND id = ANY($1::uuid[])`;
}

export function isEnded(state: JobState): boolean {
  return state === 'completed' || state === 'failed' || state === 'cancelled';
}

function rowOf(name: string, { id, state, blocked, data, head, started, ended }: Row): TaskRow {
  const { execution, exit_code, description } = Object(head) as Readonly<Record<string, unknown>>;
  return {
    ...{ name, id, state, blocked, data, startedAt: started, endedAt: ended },
    execution: isEnded(state) ? executionIn(state, head, execution) : null,
    exitCode: typeof exit_code === 'number' ? exit_code : null,
    description: typeof description === 'string' ? description : null,
  };
}

/** What others have ended has no outcome of ours: then the marker says what can be known. */
function executionIn(state: JobState, head: unknown, execution: unknown): Execution {
  if (execution === 'completed' || execution === 'accepted' || execution === 'not_started') return execution;
  const { sent, resume } = evidenceOf(head);
  return execution === undefined && state !== 'completed' && !sent && !resume ? 'not_started' : 'unknown';
}
