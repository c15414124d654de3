import { decodePayload } from './payload.ts';
import type { Kept, PayloadStore } from './payload-store.ts';
import { beginningOf } from './payload-store.ts';

/** The most bytes that are kept in memory: as many as AWS Lambda sends at once. */
const limit = 6_291_556;

/**
 * Keeps a streamed payload in memory. One that is too long is let go, and the rest of it read and not kept: only the end
 * of the stream says how the function ended.
 */
export function memoryStore(): PayloadStore {
  const beginning = beginningOf();
  let bytes: Buffer = Buffer.alloc(2 ** 16);
  let length = 0;
  return {
    async receive(chunk) {
      beginning.take(chunk);
      length += chunk.length;
      if (length > limit) {
        bytes = Buffer.alloc(0);
        return;
      }
      if (length > bytes.length) bytes = grown(bytes, Math.min(limit, Math.max(length, bytes.length * 2)));
      bytes.set(chunk, length - chunk.length);
    },

    async keep(log): Promise<Kept> {
      if (length > limit) {
        const head = beginning.decoded(log);
        return { payload: null, head, problem: { name: 'AnswerTooLarge', message: tooLarge(length) } };
      }
      const payload = decodePayload(bytes.subarray(0, length), log);
      return { payload, head: payload, problem: null };
    },

    async discard() {},
  };
}

function grown(bytes: Buffer, length: number): Buffer {
  const larger = Buffer.alloc(length);
  larger.set(bytes);
  return larger;
}

function tooLarge(length: number): string {
  const count = (bytes: number) => bytes.toLocaleString('en-US');
  return (
    `the answer has ${count(length)} bytes, and at most ${count(limit)} are kept in memory; ` +
    'name a file in response_file to keep it whole'
  );
}
