import type { IncomingMessage } from 'node:http';
import { type StreamReader, streamError } from './runtime-api.ts';

/** What came of a streamed response: its bytes, unless somebody else read them, and the error that ended it. */
export interface Streamed {
  readonly body: Buffer;
  readonly tooLarge: boolean;
  readonly error: string | undefined;
}

export interface Collector {
  readonly read: StreamReader;
  result(): Streamed;
}

/** Reads a streamed response for a caller who gets it as a whole, or lets another read it. */
export function createCollector(limit: number, other: StreamReader | undefined): Collector {
  const chunks: Buffer[] = [];
  let length = 0;
  let error: string | undefined;
  const collect = async (stream: IncomingMessage): Promise<void> => {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length <= limit) chunks.push(chunk);
    }
  };
  return {
    async read(stream) {
      await (other ?? collect)(stream);
      error = streamError(stream);
    },
    result: () => ({ body: Buffer.concat(chunks), tooLarge: length > limit, error }),
  };
}
