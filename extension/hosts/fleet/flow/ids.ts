import { createHash, randomUUID } from 'node:crypto';

/** The id of a flow: its own, or the one that is always the same for a key that a user has made up. */
export function flowIdOf(queue: string, key?: string): string {
  return key === undefined ? randomUUID() : derived(`flow\n${queue}\n${key}`);
}

/** The id of a task follows from that of its flow, so that a flow cannot be there twice. */
export function taskIdOf(flow: string, task: string): string {
  return derived(`flow task\n${flow.toLowerCase()}\n${task}`);
}

/** A UUID of version 8 from a text: https://www.rfc-editor.org/rfc/rfc9562#section-5.8 */
function derived(text: string): string {
  const bytes = createHash('sha256').update('ue-aws-lambda\n').update(text).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
