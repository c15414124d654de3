import { invalidParameter } from './logs-error.ts';

/** How far a list was read: empty pages given so far, and the number of the last event. */
export interface PageToken {
  readonly empty: number;
  readonly position: number | undefined;
}

export function writeToken(list: string, { empty, position }: PageToken): string {
  return Buffer.from(JSON.stringify([list, empty, position ?? null])).toString('base64url');
}

export function readToken(text: string | undefined, list: string): PageToken | undefined {
  if (text === undefined) return undefined;
  try {
    const [name, empty, position] = JSON.parse(Buffer.from(text, 'base64url').toString());
    const isPosition = position === null || Number.isSafeInteger(position);
    if (name === list && Number.isSafeInteger(empty) && isPosition) return { empty, position: position ?? undefined };
  } catch {
    // A token of somebody else's making: refused below, like one of another list.
  }
  throw invalidParameter('The specified nextToken is invalid.');
}
