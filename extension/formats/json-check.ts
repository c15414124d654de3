import { isUtf8 } from 'node:buffer';

const none = new Uint8Array(0);

/**
 * Judges whether bytes that come in pieces are one JSON text in UTF-8, as `JSON.parse` does, and keeps none of them. What
 * is nested more than 1,048,576 levels deep counts as none: one byte a level is all that this remembers of a text.
 */
export class JsonCheck {
  #state: State = value;
  /** What closes each open list and object. */
  #closers = new Uint8Array(64);
  #depth = 0;
  /** What is still to come of true, false or null, or the hexadecimal digits of an escape. */
  #rest = '';
  #digits = 0;
  /** Whether the string under way is the name of a member. */
  #isName = false;
  /** The beginning of a character. */
  #cut: Uint8Array = none;
  #isSound = true;

  write(bytes: Uint8Array): void {
    if (!this.#isSound) return;
    this.#isSound = this.#takeText(bytes) && this.#take(bytes);
  }

  /** Whether all that was written is one JSON text. */
  end(): boolean {
    return this.#isSound && this.#cut.length === 0 && this.#depth === 0 && final.has(this.#state);
  }

  /** A piece may begin and end within a character. */
  #takeText(bytes: Uint8Array): boolean {
    let start = 0;
    if (this.#cut.length > 0) {
      start = Math.min(bytes.length, missingBytes(this.#cut));
      const character = Buffer.concat([this.#cut, bytes.subarray(0, start)]);
      this.#cut = missingBytes(character) > 0 ? character : none;
      if (this.#cut === none && !isUtf8(character)) return false;
    }
    const rest = bytes.subarray(start);
    const whole = rest.length - incompleteBytes(rest);
    if (whole < rest.length) this.#cut = Uint8Array.from(rest.subarray(whole)); // the bytes are lent
    return isUtf8(rest.subarray(0, whole));
  }

  #take(bytes: Uint8Array): boolean {
    for (let index = 0; index < bytes.length; ) {
      const state = this.#state;
      if (state === string) {
        index = endOfPlain(bytes, index);
        if (index === bytes.length) return true;
      }
      const byte = bytes[index] as number;
      const next = this.#after(state, byte);
      if (next === fault) return false;
      this.#state = next;
      // The byte that ends a number is not a part of it.
      if (state >= firstNumber && next === more) continue;
      index += 1;
    }
    return true;
  }

  #after(state: State, byte: number): State {
    switch (state) {
      case value:
      case valueOrEnd:
        if (isBlank(byte)) return state;
        if (byte === 0x5d && state === valueOrEnd) return this.#close(byte);
        return this.#begin(byte);
      case name:
      case nameOrEnd:
        if (isBlank(byte)) return state;
        if (byte === 0x7d && state === nameOrEnd) return this.#close(byte);
        this.#isName = true;
        return byte === 0x22 ? string : fault;
      case colon:
        if (isBlank(byte)) return state;
        return byte === 0x3a ? value : fault;
      case more:
        if (isBlank(byte)) return state;
        if (byte === 0x5d || byte === 0x7d) return this.#close(byte);
        if (byte !== 0x2c || this.#depth === 0) return fault;
        return this.#closers[this.#depth - 1] === 0x7d ? name : value;
      case string:
        if (byte === 0x5c) return escaping;
        if (byte !== 0x22) return fault; // a control character
        return this.#isName ? colon : more;
      case escaping:
        this.#digits = 4;
        if (byte === 0x75) return hexadecimal;
        return escaped.has(byte) ? string : fault;
      case hexadecimal:
        this.#digits -= 1;
        if (!isHexadecimal(byte)) return fault;
        return this.#digits === 0 ? string : hexadecimal;
      case word:
        if (byte !== this.#rest.charCodeAt(0)) return fault;
        this.#rest = this.#rest.slice(1);
        return this.#rest === '' ? more : word;
      default:
        return afterNumber(state, byte);
    }
  }

  #begin(byte: number): State {
    switch (byte) {
      case 0x22:
        this.#isName = false;
        return string;
      case 0x5b:
        return this.#open(0x5d, valueOrEnd);
      case 0x7b:
        return this.#open(0x7d, nameOrEnd);
      case 0x2d:
        return minus;
      case 0x30:
        return zero;
      case 0x74:
        return this.#word('rue');
      case 0x66:
        return this.#word('alse');
      case 0x6e:
        return this.#word('ull');
      default:
        return isDigit(byte) ? integer : fault;
    }
  }

  #word(rest: string): State {
    this.#rest = rest;
    return word;
  }

  #open(closer: number, next: State): State {
    if (this.#depth === deepest) return fault;
    if (this.#depth === this.#closers.length) {
      const larger = new Uint8Array(this.#depth * 2);
      larger.set(this.#closers);
      this.#closers = larger;
    }
    this.#closers[this.#depth] = closer;
    this.#depth += 1;
    return next;
  }

  #close(byte: number): State {
    if (this.#depth === 0 || this.#closers[this.#depth - 1] !== byte) return fault;
    this.#depth -= 1;
    return more;
  }
}

const deepest = 2 ** 20;

type State = number;
const [value, valueOrEnd, name, nameOrEnd, colon, more, string, escaping, hexadecimal, word, fault] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
] as const;
const [minus, zero, integer, point, fraction, exponent, exponentSign, exponentDigits] = [
  20, 21, 22, 23, 24, 25, 26, 27,
] as const;
const firstNumber = minus;

/** Where a text may end, when nothing is open. */
const final = new Set<State>([more, zero, integer, fraction, exponentDigits]);

/** What a byte makes of a number; `more` when the number ended before it. */
function afterNumber(state: State, byte: number): State {
  if (isDigit(byte)) {
    if (state === minus) return byte === 0x30 ? zero : integer;
    if (state === zero) return fault;
    if (state === point) return fraction;
    return state === exponent || state === exponentSign ? exponentDigits : state;
  }
  if (state === exponent && (byte === 0x2b || byte === 0x2d)) return exponentSign;
  if (!final.has(state)) return fault;
  if (byte === 0x2e && (state === zero || state === integer)) return point;
  if ((byte === 0x65 || byte === 0x45) && state !== exponentDigits) return exponent;
  return more;
}

/** The index of the first byte that means something in a string: a quote, a backslash or a control character. */
function endOfPlain(bytes: Uint8Array, start: number): number {
  let index = start;
  for (; index < bytes.length; index += 1) {
    const byte = bytes[index] as number;
    if (byte === 0x22 || byte === 0x5c || byte < 0x20) break;
  }
  return index;
}

const escaped = new Set(Buffer.from('"\\/bfnrt'));

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isHexadecimal(byte: number): boolean {
  return isDigit(byte) || (byte >= 0x61 && byte <= 0x66) || (byte >= 0x41 && byte <= 0x46);
}

/** How many bytes the character that begins here still needs. */
function missingBytes(bytes: Uint8Array): number {
  return wantedBytes(bytes[0] as number) - bytes.length;
}

function wantedBytes(first: number): number {
  return first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
}

/** Counts the bytes at the end that begin a character of UTF-8 but do not finish it. */
export function incompleteBytes(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] as number;
    if (byte >= 0x80 && byte <= 0xbf) continue;
    return wantedBytes(byte) > back ? back : 0;
  }
  return 0;
}
