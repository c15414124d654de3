/** A JSON text's value, or what is wrong with the text. */
export type ParsedJson = { readonly value: unknown } | { readonly fault: string };

/** Parses a JSON text, or says where it stops being JSON. Never quotes the text: it may be confidential. */
export function parseJson(text: string): ParsedJson {
  if (text.charCodeAt(0) === 0xfeff)
    return { fault: 'must be JSON, but begins with a byte order mark; save it without' };
  if (!text.isWellFormed()) return { fault: 'must be valid Unicode, but holds half of a surrogate pair' };
  try {
    return { value: JSON.parse(text) };
  } catch {
    // The engine's own message quotes the text, and often without a position.
    return { fault: `must be valid JSON, but ${failing(text, endOfValidPart(text))}` };
  }
}

/** What keeps a text from being JSON, or null. */
export function jsonFault(text: string): string | null {
  const parsed = parseJson(text);
  return 'fault' in parsed ? parsed.fault : null;
}

function failing(text: string, index: number): string {
  if (text.trim() === '') return 'is blank';
  if (text.slice(index).trim() === '') return 'ends too early';
  const before = text.slice(0, index).split('\n');
  return `is not at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

const token =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them in strings
  /[ \t\n\r]*("[^"\\\0-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\0-\x1f]*)*"|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null|[[\]{},:])/y;

type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | 'more or end';

/** The index of the first token that is not allowed at its place. */
function endOfValidPart(text: string): number {
  const open: string[] = [];
  let expected: Expected = 'value';
  token.lastIndex = 0;
  for (let start = 0; ; start = token.lastIndex) {
    const word = token.exec(text)?.[1];
    const next: Expected | null = word === undefined ? null : after(word, expected, open);
    if (next === null) return start + (/^\s*/.exec(text.slice(start))?.[0].length ?? 0);
    expected = next;
  }
}

/** What may follow a token where something was expected, or null if the token is not allowed there. */
function after(word: string, expected: Expected, open: string[]): Expected | null {
  const closes = (word === '}' && open.at(-1) === '{') || (word === ']' && open.at(-1) === '[');
  if (closes && (expected === 'more or end' || expected === 'value or ]' || expected === 'key or }')) {
    open.pop();
    return 'more or end';
  }
  switch (expected) {
    case ':':
      return word === ':' ? 'value' : null;
    case 'key':
    case 'key or }':
      return word.startsWith('"') ? ':' : null;
    case 'more or end':
      if (word !== ',' || open.length === 0) return null;
      return open.at(-1) === '{' ? 'key' : 'value';
    default:
      if (word === '{' || word === '[') {
        open.push(word);
        return word === '{' ? 'key or }' : 'value or ]';
      }
      return /^[\]},:]/.test(word) ? null : 'more or end';
  }
}
