import { isUtf8 } from 'node:buffer';

/** A line of a file, counted from 1; `fault` says why it cannot be read. Blank lines are left out. */
export type Line =
  | { readonly number: number; readonly text: string; readonly fault: null }
  | { readonly number: number; readonly text: null; readonly fault: string };

const newLine = 0x0a;

/** After so many bytes without an end of line it is not a file of lines, such as /dev/zero, which never ends. */
const endless = 64 * 2 ** 20;

/** Cuts bytes into lines; of a line that is longer than the limit nothing is kept, and one without an end is the last. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<Line> {
  let parts: Uint8Array[] = [];
  let length = 0;
  let number = 0;
  const add = (part: Uint8Array) => {
    length += part.length;
    if (length <= limit) parts.push(part);
    else parts = [];
  };
  const take = (): Line | null => {
    number += 1;
    const line = length > limit ? tooLong(number, limit) : read(number, parts);
    parts = [];
    length = 0;
    return line;
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(newLine); end !== -1; end = chunk.indexOf(newLine, start)) {
      add(chunk.subarray(start, end));
      const line = take();
      if (line !== null) yield line;
      start = end + 1;
    }
    // The stream may use its memory again.
    if (start < chunk.length) add(Uint8Array.prototype.slice.call(chunk, start));
    if (length > endless) {
      yield tooLong(number + 1, limit);
      return;
    }
  }
  const last = length > 0 ? take() : null;
  if (last !== null) yield last;
}

function tooLong(number: number, limit: number): Line {
  return {
    number,
    text: null,
    fault: `has more than the ${limit.toLocaleString('en-US')} bytes that AWS Lambda takes`,
  };
}

function read(number: number, parts: readonly Uint8Array[]): Line | null {
  const [first] = parts;
  if (first === undefined) return null;
  const bytes = parts.length === 1 ? Buffer.from(first.buffer, first.byteOffset, first.length) : Buffer.concat(parts);
  if (!isUtf8(bytes)) return { number, text: null, fault: 'must be JSON in UTF-8, but has bytes that are not UTF-8' };
  const text = bytes
    .toString('utf8')
    .replace(number === 1 ? /^\uFEFF/ : '', '')
    .replace(/\r$/, '');
  return /^[ \t]*$/.test(text) ? null : { number, text, fault: null };
}
