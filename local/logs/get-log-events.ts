import { takePage } from './filter-log-events.ts';
import { findGroup } from './group-request.ts';
import { type LogEvent, type LogStore, visibleEvents } from './log-store.ts';
import { invalidParameter, LogsError } from './logs-error.ts';
import type { Members } from './members.ts';

const MOST_EVENTS = 10_000;
/** Direction and number of the event next to which the page begins: `f/` goes on after it, `b/` before it. */
const TOKEN = /^([fb])\/(\d{20})$/;

/** Answers GetLogEvents: one stream in order. The end is reached when the token that was sent comes back. */
export function getLogEvents(members: Members, region: string, store: LogStore): unknown {
  const limit = members.number('limit', 1, MOST_EVENTS) ?? MOST_EVENTS;
  const fromHead = members.flag('startFromHead', false);
  const token = members.text('nextToken', 2048);
  const events = findEvents(members, region, store);
  const page = token === undefined ? firstPage(events, fromHead, limit) : nextPage(events, token, limit);
  const [first, last] = [page.at(0)?.sequence, page.at(-1)?.sequence];
  const [, , position = '0'] = TOKEN.exec(token ?? '') ?? [];
  return {
    events: page.map(({ timestamp, message, ingestionTime }) => ({
      timestamp,
      message,
      ingestionTime: Math.round(ingestionTime),
    })),
    nextForwardToken: writeToken('f', last ?? Number(position)),
    nextBackwardToken: writeToken('b', first ?? Number(position)),
  };
}

function findEvents(members: Members, region: string, store: LogStore): readonly LogEvent[] {
  const group = findGroup(store, region, members);
  const name = members.text('logStreamName', 512);
  if (name === undefined) throw invalidParameter('logStreamName must be given');
  const stream = group.streams.get(name);
  if (stream === undefined) {
    throw new LogsError('ResourceNotFoundException', 'The specified log stream does not exist.');
  }
  const [startTime, endTime] = [members.number('startTime') ?? 0, members.number('endTime') ?? Number.MAX_VALUE];
  return visibleEvents(stream).filter(({ timestamp }) => timestamp >= startTime && timestamp < endTime);
}

function firstPage(events: readonly LogEvent[], fromHead: boolean, limit: number): readonly LogEvent[] {
  return fromHead ? takePage(events, limit) : takePage(events.toReversed(), limit).toReversed();
}

function nextPage(events: readonly LogEvent[], token: string, limit: number): readonly LogEvent[] {
  const [, direction, text] = TOKEN.exec(token) ?? [];
  if (direction === undefined) throw invalidParameter('The specified nextToken is invalid.');
  const position = Number(text);
  if (direction === 'f') {
    return takePage(
      events.filter(({ sequence }) => sequence > position),
      limit,
    );
  }
  const before = events.filter(({ sequence }) => sequence < position);
  return takePage(before.toReversed(), limit).toReversed();
}

function writeToken(direction: 'f' | 'b', position: number): string {
  return `${direction}/${String(position).padStart(20, '0')}`;
}
