import type { Payload, TextPayload } from '../../outcome/answer.ts';
import type { ErrorEntry } from '../../outcome/outcome.ts';
import type { Log, Receive } from '../../ports.ts';
import { decodePayload } from './payload.ts';

/** Takes the payload of an answer as it comes, and keeps it when the answer came whole. */
export interface PayloadStore {
  readonly receive: Receive;
  /** Nothing comes after it, and nothing that fails here rejects: the function has run. */
  keep(log: Log): Promise<Kept>;
  /** Leaves nothing behind. */
  discard(): Promise<void>;
}

export interface Kept {
  readonly payload: Payload | null;
  /** The beginning of the payload, or all of it: what an error in the function is read from. */
  readonly head: TextPayload | null;
  /** Why the payload is not where it should be. */
  readonly problem: ErrorEntry | null;
}

const longest = 2 ** 16;

/** Keeps the first 64 KB of what comes. */
export function beginningOf() {
  const chunks: Uint8Array[] = [];
  let room = longest;
  let isWhole = true;
  return {
    take(chunk: Uint8Array): void {
      isWhole &&= chunk.length <= room;
      // A copy: the bytes are a view of a larger buffer that would be kept with them.
      if (room > 0) chunks.push(Uint8Array.from(chunk.subarray(0, room)));
      room -= Math.min(room, chunk.length);
    },
    get isWhole(): boolean {
      return isWhole;
    },
    decoded(log: Log): TextPayload | null {
      const bytes = Buffer.concat(chunks);
      if (isWhole) return decodePayload(bytes, log);
      return { kind: 'text', text: bytes.toString('utf8').replace(/\uFFFD$/, ''), json: null };
    },
  };
}
