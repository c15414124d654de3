import { Secret } from '../../secret.ts';
import type { InvokeRequest } from '../../task/task.ts';

/** What an error's text may quote of a request, as a whole or in part, and must not show. */
export function confidential({ payload, clientContext, functionName }: InvokeRequest): Secret[] {
  const texts = [payload && Buffer.from(payload).toString(), clientContext?.reveal()].filter(
    (text) => text !== undefined,
  );
  const parts = texts.flatMap(stringsIn).filter((part) => !functionName.includes(part));
  return [...texts, ...parts].filter((text) => text !== '').map((text) => new Secret(text));
}

/** Shorter ones would mask ordinary words. */
const shortest = 8;

/** The longer strings in a JSON text. Not by recursion: JSON may be nested deeper than the stack. */
function stringsIn(json: string): string[] {
  const strings = new Set<string>();
  const open: unknown[] = [JSON.parse(json)];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === 'string' && value.length >= shortest) strings.add(value);
    if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) open.push(part);
  }
  return [...strings];
}
