import type { Readable } from 'node:stream';

const MARK = 0x01;

/** Passes a stream's bytes on and cuts out the marker with which the child says "this is all so far". */
export function readOutput(stream: Readable, marker: string, onBytes: (bytes: Buffer) => void, onMarker: () => void) {
  const end = Buffer.from(marker);
  let held = Buffer.alloc(0);
  const pass = (bytes: Buffer): void => {
    if (bytes.length > 0) onBytes(bytes);
  };
  stream.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    for (let at = held.indexOf(end); at >= 0; at = held.indexOf(end)) {
      pass(held.subarray(0, at));
      held = held.subarray(at + end.length);
      onMarker();
    }
    // A marker may be split between two chunks: what may be its beginning waits, the rest goes on.
    const start = held.indexOf(MARK, Math.max(0, held.length - end.length));
    const free = start < 0 ? held.length : start;
    pass(held.subarray(0, free));
    held = held.subarray(free);
  });
  stream.on('end', () => pass(held));
}

/** A text that no function prints by accident. */
export function createMarker(id: string): string {
  return `${String.fromCharCode(MARK)}${id}\n`;
}

/** Splits a stream into lines of JSON. */
export function readMessages(stream: Readable, onMessage: (message: unknown) => void): void {
  let chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => {
    let rest = chunk;
    for (let at = rest.indexOf(0x0a); at >= 0; at = rest.indexOf(0x0a)) {
      onMessage(JSON.parse(Buffer.concat([...chunks, rest.subarray(0, at)]).toString()));
      chunks = [];
      rest = rest.subarray(at + 1);
    }
    chunks.push(rest);
  });
}
