/** Says where a text stops being JSON, or null if it is JSON. Never quotes the text: it may be confidential. */
export function jsonFault(text: string): string | null {
  if (text.charCodeAt(0) === 0xfeff) return 'must be JSON, but begins with a byte order mark; save it without';
  if (!text.isWellFormed()) return 'must be valid Unicode, but holds half of a surrogate pair';
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    return `must be valid JSON, but is not ${place(text, String(error))}`;
  }
}

/** The engine's message is used for its position alone, since it quotes the input. */
function place(text: string, message: string): string {
  const position = /at position (\d+)/.exec(message)?.[1];
  if (position === undefined) return text.trim() === '' ? '(it is blank)' : 'at its end';
  const before = text.slice(0, Number(position)).split('\n');
  return `at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}
