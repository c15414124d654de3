import { invalidParameter } from './logs-error.ts';

type Condition = (event: unknown) => boolean;

const TOKEN = /\s*(\|\||&&|!=|<=|>=|[(){}=<>]|"(?:[^"\\]|\\.)*"|\$(?:\.[\w-]+|\["[^"]+"\]|\[\d+\])+|[^\s(){}=<>!|&]+)/y;
const COMPARISONS: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
};

/** Reads `{ ($.level = "ERROR") && ($.ms >= 100) }`: conditions on the members of a JSON message. */
export function parseJsonPattern(text: string): (message: string) => boolean {
  const condition = new Parser(text).parse();
  return (message) => {
    try {
      return condition(JSON.parse(message));
    } catch {
      return false;
    }
  };
}

class Parser {
  readonly #text: string;
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = this.#read();
  }

  parse(): Condition {
    this.#expect('{');
    const condition = this.#either();
    this.#expect('}');
    if (this.#at < this.#tokens.length) throw this.#error();
    return condition;
  }

  #either(): Condition {
    const parts = [this.#both()];
    while (this.#take('||')) parts.push(this.#both());
    return (event) => parts.some((part) => part(event));
  }

  #both(): Condition {
    const parts = [this.#one()];
    while (this.#take('&&')) parts.push(this.#one());
    return (event) => parts.every((part) => part(event));
  }

  #one(): Condition {
    if (this.#take('(')) {
      const condition = this.#either();
      this.#expect(')');
      return condition;
    }
    const selector = this.#next();
    if (!selector.startsWith('$')) throw this.#error();
    const find = (event: unknown): unknown => select(event, selector);
    const operator = this.#next();
    if (operator === 'IS') return toTest(this.#next(), find) ?? this.#fail();
    if (operator === 'NOT' && this.#take('EXISTS')) return (event) => find(event) === undefined;
    const wanted = this.#next();
    if (operator === '=') return (event) => equals(find(event), wanted);
    if (operator === '!=') return (event) => find(event) !== undefined && !equals(find(event), wanted);
    const compare = COMPARISONS[operator] ?? this.#fail();
    return (event) => {
      const value = find(event);
      return typeof value === 'number' && compare(value, Number(wanted));
    };
  }

  #read(): readonly string[] {
    const tokens = [];
    TOKEN.lastIndex = 0;
    while (this.#text.slice(TOKEN.lastIndex).trim() !== '') {
      const [, token] = TOKEN.exec(this.#text) ?? [];
      if (token === undefined) throw this.#error();
      tokens.push(token);
    }
    return tokens;
  }

  #take(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at += 1;
    return true;
  }

  #next(): string {
    const token = this.#tokens[this.#at] ?? this.#fail();
    this.#at += 1;
    return token;
  }

  #expect(token: string): void {
    if (!this.#take(token)) throw this.#error();
  }

  #fail(): never {
    throw this.#error();
  }

  #error(): Error {
    return invalidParameter(`Invalid filter pattern: ${this.#text}`);
  }
}

function select(event: unknown, selector: string): unknown {
  let value = event;
  for (const [, name, quoted, index] of selector.matchAll(/\.([\w-]+)|\["([^"]+)"\]|\[(\d+)\]/g)) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[name ?? quoted ?? index ?? ''];
  }
  return value;
}

/** A text may hold `*` for anything; a number is compared as one. */
function equals(value: unknown, wanted: string): boolean {
  if (!wanted.startsWith('"') && typeof value === 'number') return value === Number(wanted);
  if (typeof value !== 'string') return false;
  const text = wanted.startsWith('"') ? wanted.slice(1, -1).replace(/\\(.)/g, '$1') : wanted;
  const parts = text.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(value);
}

function toTest(word: string, find: (event: unknown) => unknown): Condition | undefined {
  const values: Readonly<Record<string, unknown>> = { NULL: null, TRUE: true, FALSE: false };
  return Object.hasOwn(values, word) ? (event) => find(event) === values[word] : undefined;
}
