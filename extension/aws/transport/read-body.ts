import type { IncomingMessage } from 'node:http';

/** The bytes of a body, or of its beginning when it is longer than the limit. */
export interface Body {
  readonly bytes: Uint8Array;
  /** False when there was more; the connection is closed then. */
  readonly whole: boolean;
}

/** Reads a body of at most `limit` bytes into memory. Rejects when it breaks off. */
export function readBody(message: IncomingMessage, limit: number): Promise<Body> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    let isDone = false; // an error is dear to make
    const done = (whole: boolean) => {
      isDone = true;
      const [only, ...more] = chunks;
      resolve({ bytes: only !== undefined && more.length === 0 ? only : Buffer.concat(chunks), whole });
    };
    message.on('data', (chunk: Buffer) => {
      const room = limit - length;
      length += chunk.length;
      if (chunk.length <= room) {
        chunks.push(chunk);
        return;
      }
      if (room > 0) chunks.push(chunk.subarray(0, room));
      message.removeAllListeners('data');
      done(false);
      message.destroy();
    });
    message.on('end', () => done(true));
    message.on('error', reject);
    // Node reports a connection that ends early as an error; this is for what it does not report.
    message.on('close', () => {
      if (!isDone) reject(Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' }));
    });
  });
}
