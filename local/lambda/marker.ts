import { LambdaError } from './lambda-error.ts';

/** Names where the next page begins; nothing is kept between the pages. `list` prevents its use in another list. */
export function writeMarker(list: string, position: number): string {
  return Buffer.from(JSON.stringify([list, position])).toString('base64');
}

/** The position in a marker of this list; the beginning without one. */
export function readMarker(text: string | null, list: string): number | undefined {
  if (text === null || text === '') return undefined;
  try {
    const [name, position] = JSON.parse(Buffer.from(text, 'base64').toString());
    if (name === list && Number.isSafeInteger(position) && position >= 0) return position;
  } catch {
    // A marker of somebody else's making: refused below, like a number that cannot be one.
  }
  throw new LambdaError(400, 'InvalidParameterValueException', 'Invalid Marker');
}
