const token = /"[^"\\]*(?:\\.[^"\\]*)*"|[^\s"]+/g;

/** A JSON text without the blanks between its tokens: every digit, key and escape stays. */
export function compactJson(text: string): string {
  return text.match(token)?.join('') ?? '';
}
