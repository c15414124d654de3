import { Crc32 } from '@smithy/core/checksum';
import { StreamError } from './stream-error.ts';

/** Total length, length of the headers, and the checksum of both. */
const preludeLength = 12;

/** A prelude and the message's own checksum. */
const shortest = 16;

/** The payload of a message has at most 16 MB, its headers 128 KB. */
const longest = 2 ** 24 + 2 ** 17 + shortest;

/** Cuts the bytes of an event stream into messages. What they hold, and their checksum, is the codec's business. */
export class Framer {
  /** The beginning of a prelude, or of a message whose length is known. */
  #part: Buffer = Buffer.alloc(0);
  #filled = 0;
  /** A buffer for one message, used for one after the other. */
  #buffer: Buffer = Buffer.allocUnsafe(preludeLength);

  /** Whether the last message is whole. */
  get isBetween(): boolean {
    return this.#filled === 0;
  }

  /** The messages that end in this chunk. Each is a view that is good until the next is asked for. */
  *frames(chunk: Buffer): Generator<Uint8Array> {
    let start = 0;
    while (start < chunk.length) {
      if (this.#filled === 0 && chunk.length - start >= preludeLength) {
        const length = lengthIn(chunk.subarray(start, start + preludeLength));
        if (chunk.length - start >= length) {
          yield chunk.subarray(start, start + length);
          start += length;
          continue;
        }
      }
      start += this.#take(chunk.subarray(start));
      if (this.#filled < preludeLength || this.#filled < this.#part.length) continue;
      this.#filled = 0;
      yield this.#part;
    }
  }

  /** Takes what belongs to the message under way; gives the number of bytes. */
  #take(bytes: Buffer): number {
    if (this.#filled === 0) this.#part = this.#buffer.subarray(0, preludeLength);
    const taken = bytes.copy(this.#part, this.#filled);
    this.#filled += taken;
    if (this.#filled === preludeLength && this.#part.length === preludeLength) {
      const length = lengthIn(this.#part);
      if (length > this.#buffer.length) {
        this.#buffer = Buffer.allocUnsafeSlow(length);
        this.#part.copy(this.#buffer);
      }
      this.#part = this.#buffer.subarray(0, length);
    }
    return taken;
  }
}

/** The length of a message by its prelude; throws when the prelude is damaged, before anything of that length is made. */
function lengthIn(prelude: Buffer): number {
  const checksum = new Crc32();
  checksum.update(prelude.subarray(0, 8));
  const length = prelude.readUInt32BE(0);
  const isSound = prelude.readUInt32BE(8) === checksum.digestSync() && length >= shortest && length <= longest;
  if (!isSound) throw new StreamError('StreamDamaged', 'the length of a message of the stream is damaged');
  return length;
}
