import { ACCOUNT_ID } from '../account.ts';
import { findGroup } from './group-request.ts';
import { type LogGroup, type LogStore, type LogStream, visibleEvents } from './log-store.ts';
import { invalidParameter } from './logs-error.ts';
import type { Members } from './members.ts';
import { readToken, writeToken } from './page-token.ts';

const MOST_ITEMS = 50;

export function groupArn(region: string, name: string): string {
  return `arn:aws:logs:${region}:${ACCOUNT_ID}:log-group:${name}`;
}

/** Answers DescribeLogGroups. */
export function describeLogGroups(members: Members, region: string, store: LogStore): unknown {
  const prefix = members.text('logGroupNamePrefix', 512) ?? '';
  const pattern = members.text('logGroupNamePattern', 512) ?? '';
  const groups = store.groups(region).filter(({ name }) => name.startsWith(prefix) && name.includes(pattern));
  const { page, nextToken } = takeItems(groups, members, 'groups');
  return { logGroups: page.map((group) => toWireGroup(group, region)), nextToken };
}

function toWireGroup({ name, creationTime, streams }: LogGroup, region: string) {
  const arn = groupArn(region, name);
  return {
    logGroupName: name,
    creationTime: Math.round(creationTime),
    metricFilterCount: 0,
    arn: `${arn}:*`,
    storedBytes: [...streams.values()].reduce((sum, stream) => sum + sizeOf(stream), 0),
    logGroupClass: 'STANDARD',
    logGroupArn: arn,
  };
}

/** Answers DescribeLogStreams, by name or by the time of the last event. */
export function describeLogStreams(members: Members, region: string, store: LogStore): unknown {
  const { name: group, streams } = findGroup(store, region, members);
  const prefix = members.text('logStreamNamePrefix', 512) ?? '';
  const orderBy = members.text('orderBy') ?? 'LogStreamName';
  if (orderBy !== 'LogStreamName' && orderBy !== 'LastEventTime') {
    throw invalidParameter(`orderBy is '${orderBy}': LogStreamName or LastEventTime is needed`);
  }
  const byTime = orderBy === 'LastEventTime';
  if (byTime && prefix !== '') throw invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.');
  const rows = [...streams.values()]
    .filter(({ name }) => name.startsWith(prefix))
    .toSorted(byTime ? laterLast : byName);
  const ordered = members.flag('descending', false) ? rows.toReversed() : rows;
  const { page, nextToken } = takeItems(ordered, members, 'streams');
  return { logStreams: page.map((stream) => toWireStream(stream, groupArn(region, group))), nextToken };
}

function toWireStream(stream: LogStream, group: string) {
  const events = visibleEvents(stream);
  const [first, last] = [events.at(0), events.at(-1)];
  return {
    logStreamName: stream.name,
    creationTime: Math.round(stream.creationTime),
    firstEventTimestamp: first?.timestamp,
    lastEventTimestamp: last?.timestamp,
    lastIngestionTime: last === undefined ? undefined : Math.round(last.ingestionTime),
    arn: `${group}:log-stream:${stream.name}`,
    storedBytes: 0,
  };
}

function takeItems<T>(items: readonly T[], members: Members, list: string) {
  const limit = members.number('limit', 1, MOST_ITEMS) ?? MOST_ITEMS;
  const start = readToken(members.text('nextToken', 2048), list)?.position ?? 0;
  const end = start + limit;
  const nextToken = end < items.length ? writeToken(list, { empty: 0, position: end }) : undefined;
  return { page: items.slice(start, end), nextToken };
}

const byName = (a: LogStream, b: LogStream): number => (a.name < b.name ? -1 : 1);
const laterLast = (a: LogStream, b: LogStream): number => lastTime(a) - lastTime(b);

function lastTime({ events }: LogStream): number {
  return events.at(-1)?.timestamp ?? 0;
}

function sizeOf({ events }: LogStream): number {
  return events.reduce((sum, { message }) => sum + Buffer.byteLength(message), 0);
}
