import type { ErrorObject } from './error-object.ts';
import type { Operation } from './operation.ts';

/** A value in the details of an event: times and payloads have a form of their own on the wire. */
export type Detail =
  | { readonly kind: 'plain'; readonly value: string | number | Readonly<Record<string, number | undefined>> }
  | { readonly kind: 'time'; readonly time: number }
  | { readonly kind: 'payload'; readonly payload: string | ErrorObject | undefined };

export interface HistoryEvent {
  readonly eventId: number;
  readonly type: string;
  readonly time: number;
  readonly operation?: Pick<Operation, 'id' | 'name' | 'subType' | 'parentId'>;
  readonly details: Readonly<Record<string, Detail | undefined>>;
}

/** An event whose place in the history is not known yet. */
export type NewEvent = Omit<HistoryEvent, 'eventId'>;

export const plain = (value: Extract<Detail, { kind: 'plain' }>['value']): Detail => ({ kind: 'plain', value });
export const time = (value: number): Detail => ({ kind: 'time', time: value });
export const payload = (value: string | ErrorObject | undefined): Detail => ({ kind: 'payload', payload: value });

export function operationEvent(
  type: string,
  { id, name, subType, parentId }: Operation,
  at: number,
  details: HistoryEvent['details'] = {},
): NewEvent {
  return { type, time: at, operation: { id, name, subType, parentId }, details };
}

export function record({ history }: { readonly history: HistoryEvent[] }, event: NewEvent): void {
  history.push({ ...event, eventId: history.length + 1 });
}

/** Writes an event for GetDurableExecutionHistory; without data, payloads only say that they were left out. */
export function toWireEvent(event: HistoryEvent, includeData: boolean) {
  const { eventId, type, operation, details } = event;
  const members = Object.entries(details).flatMap(([name, detail]) =>
    detail === undefined ? [] : [[name, toWireDetail(detail, includeData)] as const],
  );
  return {
    EventType: type,
    EventId: eventId,
    Id: operation?.id,
    Name: operation?.name,
    SubType: operation?.subType,
    ParentId: operation?.parentId,
    EventTimestamp: event.time / 1000,
    [`${type}Details`]: Object.fromEntries(members),
  };
}

function toWireDetail(detail: Detail, includeData: boolean): unknown {
  switch (detail.kind) {
    case 'plain':
      return detail.value;
    case 'time':
      return detail.time / 1000;
    case 'payload':
      return includeData ? { Payload: detail.payload, Truncated: false } : { Truncated: true };
  }
}
