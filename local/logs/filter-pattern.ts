import { parseJsonPattern } from './json-pattern.ts';
import { invalidParameter } from './logs-error.ts';

export type Filter = (message: string) => boolean;

const TERM = /\s*([?-]?)(?:"((?:[^"\\]|\\.)*)"|%([^%]+)%|([^\s"]+))/y;

/** Reads a filter pattern of CloudWatch Logs: terms, or a condition on JSON. */
export function parseFilterPattern(pattern: string): Filter {
  const text = pattern.trim();
  if (text === '') return () => true;
  if (text.startsWith('{')) return parseJsonPattern(text);
  if (text.startsWith('[')) throw invalidParameter(`Patterns for fields between blanks are not served here: ${text}`);
  const terms = readTerms(text);
  const [needed, optional, excluded] = ['', '?', '-'].map((sign) =>
    terms.filter((term) => term.sign === sign).map(({ matches }) => matches),
  ) as [Filter[], Filter[], Filter[]];
  return (message) =>
    needed.every((matches) => matches(message)) &&
    // Beside terms that are needed, optional ones mean nothing.
    (optional.length === 0 || needed.length > 0 || optional.some((matches) => matches(message))) &&
    !excluded.some((matches) => matches(message));
}

function readTerms(text: string): readonly { readonly sign: string; readonly matches: Filter }[] {
  const terms = [];
  TERM.lastIndex = 0;
  while (TERM.lastIndex < text.length) {
    const start = TERM.lastIndex;
    const [, sign = '', quoted, expression, bare] = TERM.exec(text) ?? [];
    if (quoted === undefined && expression === undefined && bare === undefined) {
      if (text.slice(start).trim() === '') break;
      throw invalidParameter(`Invalid filter pattern: ${text}`);
    }
    if (bare !== undefined && !/^[\w.*]+$/.test(bare)) {
      throw invalidParameter(`Invalid character(s) in term '${bare}': put it in double quotes`);
    }
    terms.push({ sign, matches: toFilter(quoted?.replace(/\\(.)/g, '$1') ?? bare, expression) });
  }
  return terms;
}

function toFilter(term: string | undefined, expression: string | undefined): Filter {
  if (term !== undefined) return (message) => message.includes(term);
  try {
    const compiled = new RegExp(expression ?? '');
    return (message) => compiled.test(message);
  } catch {
    throw invalidParameter(`Invalid regular expression in the filter pattern: ${expression}`);
  }
}
