/** Where a value is in a text. */
type Span = readonly [start: number, end: number];

/**
 * Finds values in a JSON text that is known to be valid, as the texts that they have there: parsing would round
 * 9007199254740993 and 0.10. Of a key that stands twice the last counts, as for JSON.parse.
 */
export class RawJson {
  readonly #text: string;
  readonly #found = new Map<string, Span | undefined>();

  constructor(text: string) {
    this.#text = text;
  }

  /** The text of the value at a path of keys and indices; undefined when there is none. */
  at(steps: readonly string[]): string | undefined {
    const span = this.#span(steps);
    return span && this.#text.slice(...span);
  }

  #span(steps: readonly string[]): Span | undefined {
    const last = steps.at(-1);
    if (last === undefined) return this.#root();
    const name = JSON.stringify(steps);
    if (this.#found.has(name)) return this.#found.get(name);
    const parent = this.#span(steps.slice(0, -1));
    const span = parent && this.#child(parent[0], last);
    this.#found.set(name, span);
    return span;
  }

  #root(): Span {
    const start = skipBlanks(this.#text, 0);
    return [start, endOfValue(this.#text, start)];
  }

  #child(start: number, step: string): Span | undefined {
    const text = this.#text;
    if (text[start] === '{') return this.#member(start, step);
    if (text[start] === '[' && /^(0|[1-9]\d{0,14})$/.test(step)) return this.#item(start, Number(step));
    return undefined;
  }

  #member(start: number, key: string): Span | undefined {
    const text = this.#text;
    let found: Span | undefined;
    for (let at = skipBlanks(text, start + 1); text[at] === '"'; ) {
      const endOfKey = endOfString(text, at);
      const value = skipBlanks(text, skipBlanks(text, endOfKey) + 1); // behind the colon
      const end = endOfValue(text, value);
      if (JSON.parse(text.slice(at, endOfKey)) === key) found = [value, end];
      at = skipBlanks(text, end);
      if (text[at] !== ',') break;
      at = skipBlanks(text, at + 1);
    }
    return found;
  }

  #item(start: number, index: number): Span | undefined {
    const text = this.#text;
    let at = skipBlanks(text, start + 1);
    for (let count = 0; at < text.length && text[at] !== ']'; count += 1) {
      const end = endOfValue(text, at);
      if (count === index) return [at, end];
      at = skipBlanks(text, end);
      if (text[at] !== ',') return undefined;
      at = skipBlanks(text, at + 1);
    }
    return undefined;
  }
}

function skipBlanks(text: string, start: number): number {
  let at = start;
  while (isBlank(text.charCodeAt(at))) at += 1;
  return at;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x5c) at += 1;
    else if (code === 0x22) return at + 1;
  }
  return text.length;
}

/** Not by recursion: a payload may be nested as deep as it is long. */
function endOfValue(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const char = text[at] as string;
    if (char === '"') at = endOfString(text, at) - 1;
    else if (char === '{' || char === '[') depth += 1;
    else if (char === '}' || char === ']') depth -= 1;
    else if (depth > 0) continue;
    else return endOfWord(text, at);
    if (depth === 0) return at + 1;
  }
  return text.length;
}

/** The end of a number, true, false or null. */
function endOfWord(text: string, start: number): number {
  let at = start;
  while (at < text.length && !/[\s,\]}]/.test(text[at] as string)) at += 1;
  return at;
}
