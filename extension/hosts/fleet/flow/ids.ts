import { randomUUID } from 'node:crypto';
import { derived } from '../job/ids.ts';

/** The id of a flow: its own, or the one that is always the same for a key that a user has made up. */
export function flowIdOf(queue: string, key?: string): string {
  return key === undefined ? randomUUID() : derived(`flow\n${queue}\n${key}`);
}

/** The id of a task follows from that of its flow, so that a flow cannot be there twice. */
export function taskIdOf(flow: string, task: string): string {
  return derived(`flow task\n${flow.toLowerCase()}\n${task}`);
}
