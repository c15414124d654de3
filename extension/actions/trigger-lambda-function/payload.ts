import { isAscii, isUtf8 } from 'node:buffer';
import { parseJson } from '../../formats/parse-json.ts';
import type { TextPayload } from '../../outcome/answer.ts';
import type { Log } from '../../ports.ts';

/** The bytes of an answer as text, and as JSON when they are that. */
export function decodePayload(bytes: Uint8Array | null, log: Log): TextPayload | null {
  if (bytes === null || bytes.length === 0) return null;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const ascii = isAscii(buffer); // then the text is the bytes, which takes a third of the time
  const text = buffer.toString(ascii ? 'latin1' : 'utf8');
  if (!ascii && !isUtf8(buffer)) {
    log.warn('The payload of the answer is not UTF-8; what cannot be decoded shows as U+FFFD');
    return { kind: 'text', text, json: null };
  }
  const parsed = parseJson(text);
  return { kind: 'text', text, json: 'fault' in parsed ? null : parsed };
}
