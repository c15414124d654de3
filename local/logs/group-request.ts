import type { LogGroup, LogStore } from './log-store.ts';
import { invalidParameter, LogsError } from './logs-error.ts';
import type { Members } from './members.ts';

/** The group that a request names, by its name or its ARN. */
function readGroupName(members: Members): string {
  const name = members.text('logGroupName', 512);
  const identifier = members.text('logGroupIdentifier', 2048);
  if (name !== undefined && identifier !== undefined) {
    throw invalidParameter('LogGroup name and LogGroup identifier cannot be specified together: use one of them');
  }
  const given = name ?? identifier?.replace(/^arn:[^:]*:logs:[^:]*:\d*:log-group:/, '').replace(/:\*$/, '');
  if (given === undefined) throw invalidParameter('Either logGroupName or logGroupIdentifier must be given');
  return given;
}

export function findGroup(store: LogStore, region: string, members: Members): LogGroup {
  const group = store.group(region, readGroupName(members));
  if (group !== undefined) return group;
  throw new LogsError('ResourceNotFoundException', 'The specified log group does not exist.');
}
