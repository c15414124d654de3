import { printable } from '../../formats/printable.ts';
import type { Style } from './terminal.ts';

const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** Lays out a valid JSON text in lines. It works on the text, so that no number loses a digit and no key is dropped. */
export function prettyJson(text: string, paint: (style: Style, text: string) => string): string {
  const found = text.match(tokens) ?? [];
  let depth = 0;
  let result = '';
  const newLine = () => `\n${'  '.repeat(depth)}`;
  for (const [index, token] of found.entries()) {
    const next = found[index + 1];
    if (token === '{' || token === '[') {
      result += token;
      if (next === '}' || next === ']') continue;
      depth += 1;
      result += newLine();
    } else if (token === '}' || token === ']') {
      const before = found[index - 1];
      if (before !== '{' && before !== '[') {
        depth -= 1;
        result += newLine();
      }
      result += token;
    } else if (token === ',') result += `,${newLine()}`;
    else if (token === ':') result += ': ';
    else result += paint(styleOf(token, next === ':'), printable(token));
  }
  return result;
}

function styleOf(token: string, isKey: boolean): Style {
  if (isKey) return 'cyan';
  if (token.startsWith('"')) return 'green';
  return /^[-\d]/.test(token) ? 'yellow' : 'magenta';
}
