/**
 * A part of a client's messages that is run at once: up to the one after which PostgreSQL answers that it is ready. All
 * clients share one session, so nothing of another may come in between, and nothing of a client that has gone may stay.
 */
export interface Unit {
  readonly bytes: Uint8Array;
  /** A cancel request or the end of the connection: nothing to run. */
  readonly ends: boolean;
  /** A request for TLS: there is none on this socket. */
  readonly asksForTls: boolean;
}

const askTls = [80_877_103, 80_877_104];
const cancel = 80_877_102;
const terminate = 0x58; // X
const enders = new Set([0x51, 0x53, 0x46, terminate]); // Query, Sync, FunctionCall

/** The largest message that PostgreSQL takes, and the largest first one. */
const largest = 0x3fff_ffff;
const largestFirst = 10_000;

/** Thrown for what is no message of the protocol. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

/** Gives the units of one connection as its bytes come. */
export function unitsOf(): (chunk: Buffer) => Unit[] {
  let chunks: Buffer[] = [];
  let length = 0;
  /** Before so many bytes have come there is no whole message. */
  let needed = 8;
  let isStarted = false;
  let parts: Buffer[] = [];

  const take = (rest: Buffer): { unit?: Unit; used: number } => {
    const start = isStarted ? 1 : 0;
    if (rest.length < (isStarted ? 5 : 8)) return { used: 0 };
    const size = rest.readUInt32BE(start) + start;
    if (size > (isStarted ? largest : largestFirst) || size < start + 4)
      throw new WireError('a message of an impossible length');
    if (rest.length < size) {
      needed = size;
      return { used: 0 };
    }
    const message = rest.subarray(0, size);
    if (!isStarted) return { unit: first(message), used: size };
    parts.push(message);
    const kind = message[0] as number;
    if (!enders.has(kind)) return { used: size };
    const bytes = Buffer.concat(parts);
    parts = [];
    return { unit: { bytes, ends: kind === terminate, asksForTls: false }, used: size };
  };

  const first = (message: Buffer): Unit => {
    const code = message.readUInt32BE(4);
    const asksForTls = askTls.includes(code);
    isStarted = !asksForTls && code !== cancel;
    return { bytes: new Uint8Array(message), ends: code === cancel, asksForTls };
  };

  return (chunk) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length < needed) return [];
    let rest = chunks.length === 1 ? chunk : Buffer.concat(chunks, length);
    needed = 1;
    const units: Unit[] = [];
    for (;;) {
      const { unit, used } = take(rest);
      if (unit !== undefined) units.push(unit);
      if (used === 0) break;
      rest = rest.subarray(used);
    }
    chunks = [rest];
    length = rest.length;
    return units;
  };
}
