import { type Filter, parseFilterPattern } from './filter-pattern.ts';
import { findGroup } from './group-request.ts';
import { EVENT_OVERHEAD, type LogEvent, type LogStore, visibleEvents } from './log-store.ts';
import { invalidParameter, LogsError } from './logs-error.ts';
import type { Members } from './members.ts';
import { readToken, writeToken } from './page-token.ts';

const MOST_EVENTS = 10_000;
const PAGE_BYTES = 1024 * 1024;

interface Found extends LogEvent {
  readonly stream: string;
}

/** Answers FilterLogEvents: the events of a group that match a pattern, page by page. Only a missing token is the end. */
export function filterLogEvents(members: Members, region: string, store: LogStore, emptyPages: number): unknown {
  const limit = members.number('limit', 1, MOST_EVENTS) ?? MOST_EVENTS;
  const fromHead = members.flag('startFromHead', true);
  const matches = parseFilterPattern(members.text('filterPattern') ?? '');
  const token = readToken(members.text('nextToken', 2048), 'filter') ?? { empty: 0, position: undefined };
  const found = findEvents(members, region, store, matches);
  if (token.empty < emptyPages) {
    return {
      events: [],
      searchedLogStreams: [],
      nextToken: writeToken('filter', { ...token, empty: token.empty + 1 }),
    };
  }
  const ordered = fromHead ? found : found.toReversed();
  const start = token.position === undefined ? 0 : ordered.findIndex(({ sequence }) => sequence === token.position) + 1;
  const page = takePage(ordered.slice(start), limit);
  const last = page.at(-1);
  const more = last !== undefined && start + page.length < ordered.length;
  return {
    events: page.map(({ stream, timestamp, message, ingestionTime, sequence }) => ({
      logStreamName: stream,
      timestamp,
      message,
      ingestionTime: Math.round(ingestionTime),
      eventId: String(sequence).padStart(56, '0'),
    })),
    searchedLogStreams: [],
    ...(more && { nextToken: writeToken('filter', { empty: token.empty, position: last.sequence }) }),
  };
}

/** In the order of their timestamps, whatever stream they are in. */
function findEvents(members: Members, region: string, store: LogStore, matches: Filter): readonly Found[] {
  const { streams } = findGroup(store, region, members);
  const names = members.texts('logStreamNames', 100);
  const prefix = members.text('logStreamNamePrefix', 512);
  const [startTime, endTime] = [members.number('startTime') ?? 0, members.number('endTime') ?? Number.MAX_VALUE];
  if (names !== undefined && prefix !== undefined) {
    throw invalidParameter('logStreamNames and logStreamNamePrefix cannot be specified together: use one of them');
  }
  if (names?.some((name) => !streams.has(name))) {
    throw new LogsError('ResourceNotFoundException', 'The specified log stream does not exist.');
  }
  return [...streams.values()]
    .filter(({ name }) => (names?.includes(name) ?? true) && name.startsWith(prefix ?? ''))
    .flatMap((stream) =>
      visibleEvents(stream)
        .filter(({ timestamp, message }) => timestamp >= startTime && timestamp <= endTime && matches(message))
        .map((event) => ({ ...event, stream: stream.name })),
    )
    .toSorted((a, b) => a.timestamp - b.timestamp || a.sequence - b.sequence);
}

/** As many events as fit into a page of 1 MB. */
export function takePage<T extends LogEvent>(events: readonly T[], limit: number): readonly T[] {
  let bytes = 0;
  const end = events.slice(0, limit).findIndex(({ message }, index) => {
    bytes += Buffer.byteLength(message) + EVENT_OVERHEAD;
    return bytes > PAGE_BYTES && index > 0;
  });
  return events.slice(0, end < 0 ? limit : end);
}
