import { Secret } from '../../secret.ts';
import type { InvokeRequest } from '../../task/task.ts';

/** What an error's text may quote of a request, as a whole or in part, and must not show. */
export function confidential({ payload, clientContext, functionName }: InvokeRequest): Secret[] {
  const texts = [
    payload && Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString(),
    clientContext?.reveal(),
  ].filter((text) => text !== undefined);
  const parts = texts.flatMap(scalarsIn).filter((part) => !functionName.includes(part));
  return [...texts, ...parts].filter((text) => text !== '').map((text) => new Secret(text));
}

/** Shorter ones would mask ordinary words. */
const shortest = 4;

/** The strings and numbers in a JSON text, without the names of members; numbers as they are written. */
function scalarsIn(json: string): string[] {
  const scalars = new Set<string>();
  for (const [token, colon] of json.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|-?[0-9][0-9.eE+-]*/g)) {
    if (colon !== undefined) continue;
    const text = token.startsWith('"') ? textOf(token) : token;
    if (text.length >= shortest) scalars.add(text);
  }
  return [...scalars];
}

function textOf(token: string): string {
  return token.includes('\\') ? (JSON.parse(token) as string) : token.slice(1, -1);
}
