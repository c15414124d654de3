import { isUtf8 } from 'node:buffer';

/** A decoded log tail. `clean` is false when it was not valid base64 or not valid UTF-8. */
export interface TailLog {
  readonly text: string | null;
  readonly clean: boolean;
  /** Where the log is when AWS Lambda sends this in place of it, as for functions on Managed Instances. */
  readonly pointer: LogPointer | null;
}

export interface LogPointer {
  readonly group: string;
  readonly stream: string;
}

/**
 * Decodes the X-Amz-Log-Result header. Lambda cuts the log to its last 4 KB without regard to characters, so up to
 * three continuation bytes at the start belong to a character that was cut, and are no fault.
 */
export function decodeTailLog(header: string): TailLog {
  const decoded = Buffer.from(header, 'base64');
  // Buffer.from never fails on bad base64: it skips what it does not know. Only a round trip shows that.
  if (decoded.toString('base64') !== header) return { text: null, clean: false, pointer: null };
  const bytes = withoutCutCharacters(decoded);
  const text = bytes.toString('utf8');
  const pointer = pointerIn(text);
  return { text: pointer === null ? text : null, clean: isUtf8(bytes), pointer };
}

function pointerIn(text: string): LogPointer | null {
  if (!text.startsWith('{') || !text.includes('"logStreamName"')) return null;
  try {
    const { logGroup, logStreamName } = JSON.parse(text);
    const found = typeof logGroup === 'string' && typeof logStreamName === 'string';
    return found ? { group: logGroup, stream: logStreamName } : null;
  } catch {
    return null; // a line of the function's own
  }
}

function withoutCutCharacters(bytes: Buffer): Buffer {
  let start = 0;
  while (start < 3 && start < bytes.length && isContinuation(bytes[start] as number)) start += 1;
  return bytes.subarray(start, bytes.length - incompleteTail(bytes));
}

/** Counts the bytes at the end that begin a character but do not finish it. */
function incompleteTail(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] as number;
    if (isContinuation(byte)) continue;
    const wanted = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return wanted > back ? back : 0;
  }
  return 0;
}

function isContinuation(byte: number): boolean {
  return byte >= 0x80 && byte <= 0xbf;
}
