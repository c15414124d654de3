import { type Given, has, textOf } from '../../cli/command.ts';
import { UsageError } from '../../cli/usage-error.ts';
import { isBatchId, isId, rangeOf } from '../job/ids.ts';
import type { Condition } from './rows.ts';
import type { Place } from './view.ts';

export const places = {
  waiting: `j.state < 'active' AND NOT j.blocked AND j.start_after <= now()`,
  scheduled: `j.state < 'active' AND NOT j.blocked AND j.start_after > now()`,
  blocked: `j.state < 'active' AND j.blocked`,
  running: `j.state = 'active'`,
  completed: `j.state = 'completed'`,
  failed: `j.state = 'failed'`,
  cancelled: `j.state = 'cancelled'`,
} satisfies Record<Place, string>;

/** Ended, and not with success. */
const isFailed = `(j.state IN ('failed', 'cancelled'))`;

/** Ended, and the function may have run: by the outcome, or by what an end without one proves. */
const isUnknown = `(j.state IN ('completed', 'failed', 'cancelled') AND j.output IS NOT NULL
  AND CASE WHEN j.output ? 'execution' AND jsonb_typeof(j.output->'exit_code') = 'number' THEN j.output->>'execution' = 'unknown' ELSE NOT j.output ? 'requeued' OR j.output->>'resume' = 'true' END)`;

const isEnded = `(j.state IN ('completed', 'failed', 'cancelled'))`;

/** The conditions that the flags of a report set. */
export function conditionsOf(given: Given): readonly Condition[] {
  const conditions: Condition[] = [];
  const add = (text: string, ...values: unknown[]) => conditions.push({ text, values });
  const state = textOf(given, 'state');
  if (state !== undefined) add(`(${places[state as Place]})`);
  const name = textOf(given, 'function');
  if (name !== undefined) add(`j.data->>'function' = $`, name);
  const batch = textOf(given, 'batch');
  if (batch !== undefined && !isId(batch)) throw new UsageError(`--batch: ${batch} is not the id of a batch or a flow`);
  if (batch !== undefined && isBatchId(batch)) add('j.id BETWEEN $::uuid AND $::uuid', ...rangeOf(batch));
  else if (batch !== undefined) add(`j.data->>'group' = $`, batch.toLowerCase());
  const since = textOf(given, 'since');
  if (since !== undefined) add('j.created_on >= $::timestamptz', sinceTime(since, Date.now()).toISOString());
  if (has(given, 'failed')) add(isFailed);
  if (has(given, 'unknown')) add(isUnknown);
  return conditions;
}

export const ended: Condition = { text: isEnded, values: [] };

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** A duration before now, or a time. */
function sinceTime(text: string, now: number): Date {
  const [, number = '', unit = ''] = /^(\d{1,7})\s*([smhd])$/i.exec(text) ?? [];
  if (unit !== '') return new Date(now - Number(number) * (units[unit.toLowerCase()] as number) * 1000);
  const at = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(at)) return new Date(at);
  throw new UsageError(
    `--since must be a duration such as 10m, 2h or 1d, or a time such as 2027-01-31T06:00:00Z, not ${text}`,
  );
}
