import type { CallOptions, HistoryEvent, Session } from '../../ports.ts';
import type { Watch } from './watch.ts';

/** Far more than the operations that an execution may have. */
const mostPages = 100;

/** The most old events of a resumed execution that get a line each. */
const mostOldEvents = 20;

/** Reads the events that are new, from the newest back to the last that was seen, and reports them. */
export async function readHistory(watch: Watch, { durable }: Session, options: CallOptions): Promise<void> {
  const { history, found } = watch;
  const { last } = history;
  const events: HistoryEvent[] = [];
  let marker: string | null = null;
  for (let page = 0; page < mostPages; page += 1) {
    const answer = await durable.history(found.arn, marker, options);
    events.push(...answer.events);
    const reached = answer.events.some(({ id }) => id <= last + 1);
    if (reached || answer.nextMarker === null || answer.nextMarker === marker) break;
    marker = answer.nextMarker;
  }
  const news = history.take(events);
  watch.heard();
  const old = found.resumed && last === 0 && news.length > mostOldEvents;
  if (old) watch.report(`has a history of ${news.length} events; the last: ${news.at(-1)}`);
  else for (const sentence of news) watch.report(`: ${sentence}`);
}
