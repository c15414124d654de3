import type { Signer } from '../auth/signature.ts';
import type { Refusal } from '../faults.ts';
import type { Answer } from '../http/answer.ts';
import { type Call, header } from '../http/call.ts';
import { describeLogGroups, describeLogStreams, groupArn } from './describe-logs.ts';
import { filterLogEvents } from './filter-log-events.ts';
import { getLogEvents } from './get-log-events.ts';
import type { LogStore } from './log-store.ts';
import { LogsError } from './logs-error.ts';
import { Members } from './members.ts';

/** What the calls of CloudWatch Logs need of the endpoint. */
export interface LogsPorts {
  readonly logs: LogStore;
  readonly emptyLogPages: number;
  readonly refuse: (operation: string) => Refusal | undefined;
}

export const TARGET_PREFIX = 'Logs_20140328.';

type Operation = (members: Members, region: string, ports: LogsPorts) => unknown;

const operations: Readonly<Record<string, Operation>> = {
  FilterLogEvents: (members, region, { logs, emptyLogPages }) => filterLogEvents(members, region, logs, emptyLogPages),
  GetLogEvents: (members, region, { logs }) => getLogEvents(members, region, logs),
  DescribeLogGroups: (members, region, { logs }) => describeLogGroups(members, region, logs),
  DescribeLogStreams: (members, region, { logs }) => describeLogStreams(members, region, logs),
};

/** Answers one signed call of CloudWatch Logs, whose operation is in a header. */
export function answerLogs(call: Call, { principal, region }: Signer, ports: LogsPorts): Answer {
  const name = header(call, 'x-amz-target')?.slice(TARGET_PREFIX.length) ?? '';
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (operation === undefined) {
    const message = `Nothing is served as ${name} of CloudWatch Logs. Served are ${Object.keys(operations).join(', ')}.`;
    throw new LogsError('UnknownOperationException', message);
  }
  const members = new Members(call.body);
  if (!principal.mayDoEverything) {
    const group = members.text('logGroupName') ?? members.text('logGroupIdentifier', 2048) ?? '';
    const resource = `${groupArn(region, group)}:log-stream:`;
    const message = `User: ${principal.arn} is not authorized to perform: logs:${name} on resource: ${resource} because no identity-based policy allows the logs:${name} action`;
    throw new LogsError('AccessDeniedException', message);
  }
  const refusal = ports.refuse(name);
  if (refusal !== undefined) throw new LogsError(refusal.name, refusal.message, refusal.status);
  const body = JSON.stringify(operation(members, region, ports));
  return { status: 200, headers: { 'content-type': 'application/x-amz-json-1.1' }, body };
}
