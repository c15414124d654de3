/**
 * Reads a client context: base64 of a JSON object, as the Invoke API takes it, or the JSON object itself. A text that
 * begins with a brace is JSON, since base64 has none. Throws RangeError with a sentence that does not quote it.
 */
export function clientContextOf(value: unknown): string {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return JSON.stringify(value);
  if (typeof value !== 'string') throw new RangeError(form);
  const text = value.trim();
  const json = text.startsWith('{') ? text : fromBase64(text);
  if (!isObject(json)) throw new RangeError(form);
  return json;
}

const form = 'must be the base64 of a JSON object, or the JSON object itself';

/** Without Buffer: the editor's form checks with this too. */
function fromBase64(text: string): string {
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new RangeError(form);
  }
}

function isObject(json: string): boolean {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
