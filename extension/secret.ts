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
  const forms = new Set([...secrets].flatMap((secret) => formsIn(text, secret.reveal())));
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

function formsIn(text: string, value: string): string[] {
  // A payload of megabytes cannot be quoted whole in a sentence, so its other forms need not be made.
  const whole = value.length > text.length ? [] : [value, ...encodings(value)];
  return [...whole, ...value.split(/\r?\n/)].filter((form) => form.length >= shortest && text.includes(form));
}

function encodings(value: string): string[] {
  const bytes = Buffer.from(value);
  const percent = encodeURIComponent(value.toWellFormed());
  const hex = bytes.toString('hex');
  const base64 = bytes.toString('base64');
  return [
    percent,
    percent.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    base64,
    base64.replace(/=+$/, ''),
    bytes.toString('base64url'),
    hex,
    hex.toUpperCase(),
    JSON.stringify(value).slice(1, -1),
    value.replace(/[&<>"']/g, (char) => entities[char] ?? char),
    value.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`),
    value.replace(/[&<>"']/g, (char) => `&#x${char.charCodeAt(0).toString(16)};`),
  ];
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
