const pieceLength = 1 << 20;

/** Cuts a text into pieces, since a write holds a copy of its text until it is done. */
export function* pieces(text: string): Generator<string> {
  for (let start = 0, end: number; start < text.length; start = end) {
    end = Math.min(start + pieceLength, text.length);
    if (/[\ud800-\udbff]/.test(text.charAt(end - 1)) && end < text.length) end += 1; // keeps a surrogate pair whole
    yield text.slice(start, end);
  }
}
