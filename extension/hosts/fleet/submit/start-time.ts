import { UsageError } from '../../cli/usage-error.ts';

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** The engine keeps a task that waits for at most so long (days) after its time. */
const furthest = 365;

/** Reads `--start-after`: a duration such as 90s, 10m, 2h or 1d from now, or a date and time in ISO 8601. */
export function startTime(text: string, now: number): Date {
  const [, number = '', unit = ''] = /^(\d{1,7})\s*([smhd])$/i.exec(text) ?? [];
  const isTime = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$/i.test(text);
  const at =
    unit !== '' ? now + Number(number) * (units[unit.toLowerCase()] as number) * 1000 : isTime ? Date.parse(text) : NaN;
  if (Number.isNaN(at)) {
    throw new UsageError(
      `--start-after must be a duration such as 90s, 10m, 2h or 1d, or a time such as 2027-01-31T06:00:00Z (without a zone in this host's), not ${text}`,
    );
  }
  if (at - now > furthest * 86_400_000) throw new UsageError(`--start-after is more than ${furthest} days away`);
  return new Date(at);
}
