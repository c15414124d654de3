import type { FlowMember } from '../job/job.ts';

/** A flow as its file states it, with the defaults in each task. */
export interface Flow {
  readonly name: string;
  /** By name, in the order of the file. */
  readonly tasks: ReadonlyMap<string, FlowTask>;
  /** Says where a path such as `tasks.load.needs` is in the file: "line 7: ", or nothing when that is not known. */
  readonly place: (path: readonly (string | number)[]) => string;
}

export interface FlowTask {
  readonly needs: readonly string[];
  readonly when: FlowMember['when'];
  /** Raw fields; scripts are texts of JSON, number for number as the file has them. */
  readonly fields: Readonly<Record<string, unknown>>;
}
