/** A value that prints as **** through string, JSON and inspection; only `reveal` gives it away. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return masked;
  }

  toJSON(): string {
    return masked;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return masked;
  }
}

export const masked = '****';

/** Replaces every form in which a secret can be quoted: as it is, line by line, and in the usual encodings. */
export function mask(text: string, secrets: Iterable<Secret>): string {
  const usable = encodings.map(({ longestIn, of }) => ({ longest: longestIn(text), of }));
  const forms = new Set<string>();
  for (const secret of secrets) {
    const value = secret.reveal();
    const encoded = usable.flatMap(({ longest, of }) => (value.length <= longest ? of(value) : []));
    const lines = value.includes('\n') ? value.split(/\r?\n/) : [];
    for (const form of [value, ...encoded, ...lines]) {
      if (form.length >= shortest && text.includes(form)) forms.add(form);
    }
  }
  // The longest first, so that a secret that holds another is not cut in two.
  return [...forms].sort((a, b) => b.length - a.length).reduce(hide, text);
}

/** Hides the user and password of anything that looks like a URL, also of one without its scheme. */
export function maskUserInfo(text: string): string {
  const end = text.lastIndexOf('@');
  if (end < 0) return text;
  const before = text.slice(0, end);
  const scheme = before.indexOf('://');
  // A password may hold blanks, so nothing from the first scheme to the last @ is safe to show.
  if (scheme >= 0) return before.slice(0, scheme + 3) + masked + text.slice(end);
  return /^[^\s:]*:/.test(before.trimStart()) && !before.includes('/') ? masked + text.slice(end) : text;
}

/** Shorter forms are masked only where they are a word or a number of their own, and the shortest not at all. */
const certain = 8;
const shortest = 4;

function hide(text: string, form: string): string {
  if (form.length >= certain) return text.replaceAll(form, masked);
  const literal = form.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&');
  return text.replace(new RegExp(`(?<![\\p{L}\\p{N}_])${literal}(?![\\p{L}\\p{N}_])`, 'gu'), masked);
}

interface Encoding {
  /** The most characters that a value can have whose encoded form is in the text; 0 if none can be. */
  readonly longestIn: (text: string) => number;
  readonly of: (value: string) => string[];
}

/**
 * The usual encodings. Each says first whether a text can hold it at all: a payload has up to a million values, and a
 * text is rarely encoded. A form without its mark is the value as it is.
 */
const encodings: readonly Encoding[] = [
  {
    longestIn: (text) => (text.includes('%') ? text.length : 0),
    of(value) {
      const percent = encodeURIComponent(value.toWellFormed());
      return [percent, percent.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())];
    },
  },
  {
    longestIn: (text) => (text.includes('\\') ? text.length : 0),
    of: (value) => [JSON.stringify(value).slice(1, -1)],
  },
  {
    longestIn: (text) => (text.includes('&') ? text.length : 0),
    of: (value) => [
      value.replace(/[&<>"']/g, (char) => entities[char] ?? char),
      value.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`),
      value.replace(/[&<>"']/g, (char) => `&#x${char.charCodeAt(0).toString(16)};`),
    ],
  },
  {
    longestIn: (text) => longestRun(text, /[0-9a-f]+/gi) / 2,
    of(value) {
      const hex = Buffer.from(value).toString('hex');
      return [hex, hex.toUpperCase()];
    },
  },
  {
    longestIn: (text) => (longestRun(text, /[\w+/-]+/g) * 3) / 4,
    of(value) {
      const bytes = Buffer.from(value);
      const base64 = bytes.toString('base64');
      return [base64, base64.replace(/=+$/, ''), bytes.toString('base64url')];
    },
  },
];

function longestRun(text: string, characters: RegExp): number {
  return text.match(characters)?.reduce((longest, run) => Math.max(longest, run.length), 0) ?? 0;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
