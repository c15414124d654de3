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

/** Replaces every form of each secret in the text: raw, URL-encoded, base64, JSON-escaped, and line by line. */
export function mask(text: string, secrets: Iterable<Secret>): string {
  const forms = [...secrets].flatMap((secret) => formsIn(text, secret.reveal()));
  // The longest first, so that a secret that holds another is not cut in two.
  return forms.sort((a, b) => b.length - a.length).reduce((out, form) => out.replaceAll(form, masked), text);
}

/** Hides the user and password of anything that looks like a URL, also of one without its scheme. */
export function maskUserInfo(text: string): string {
  // Word by word and without backtracking, since a field may be long.
  return text.replace(/\S+/g, (word) => {
    const end = word.lastIndexOf('@');
    const colon = word.indexOf(':');
    return colon >= 0 && colon < end ? `${masked}${word.slice(end)}` : word;
  });
}

function formsIn(text: string, value: string): string[] {
  // A payload of megabytes cannot stand whole in a sentence, so its other forms need not be made.
  const whole =
    value.length > text.length
      ? []
      : [
          value,
          encodeURIComponent(value.toWellFormed()),
          Buffer.from(value).toString('base64'),
          JSON.stringify(value).slice(1, -1),
        ];
  // Shorter pieces would mask ordinary words and numbers.
  return [...new Set([...whole, ...value.split(/\r?\n/)])].filter((form) => form.length >= 4);
}
