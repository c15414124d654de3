import { styleText } from 'node:util';

export type Style = Parameters<typeof styleText>[0];

/** What the program may assume of one of its two outputs. */
export interface Terminal {
  readonly isTerminal: boolean;
  /** Columns; endless when it is no terminal. */
  readonly width: number;
  readonly paint: (style: Style, text: string) => string;
}

/** NO_COLOR and --no-color switch colours off, FORCE_COLOR switches them on, else a terminal has them. */
export function terminalOf(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  noColor: boolean,
  environment: NodeJS.ProcessEnv = process.env,
): Terminal {
  const isTerminal = stream.isTTY === true;
  const coloured = !noColor && hasColours(isTerminal, environment);
  return {
    isTerminal,
    width: isTerminal ? stream.columns || 80 : Number.POSITIVE_INFINITY,
    // Whether there are colours is decided here, not by the stream that styleText would look at.
    paint: (style, text) => (coloured ? styleText(style, text, { validateStream: false }) : text),
  };
}

function hasColours(isTerminal: boolean, { NO_COLOR, FORCE_COLOR, TERM }: NodeJS.ProcessEnv): boolean {
  if (NO_COLOR) return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return isTerminal && TERM !== 'dumb';
}
