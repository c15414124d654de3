import { isUtf8 } from 'node:buffer';
import { actions, final, firstAction, states, transitions } from './json-states.ts';

const none = new Uint8Array(0);

const { string: inString } = states;

/** How deep lists and objects may be nested. */
const deepest = 2 ** 20;

/**
 * Judges whether bytes that come in pieces are one JSON text in UTF-8, as `JSON.parse` does, and keeps none of them. What
 * is nested more than 1,048,576 levels deep counts as none: one byte a level is all that this remembers of a text.
 */
export class JsonCheck {
  #state: number = states.value;
  /** Where the text goes on after each open list and object: what a comma leads to. */
  #open = new Uint8Array(64);
  #depth = 0;
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
    if (whole < rest.length) this.#cut = Uint8Array.from(rest.subarray(whole)); // the caller reuses the bytes
    return isUtf8(rest.subarray(0, whole));
  }

  #take(bytes: Uint8Array): boolean {
    const { length } = bytes;
    let state = this.#state;
    for (let index = 0; index < length; index += 1) {
      const next = transitions[(state << 8) | (bytes[index] as number)] as number;
      if (next === inString) {
        state = next;
        // Most bytes of a large text are within a string: there the table is not needed, which takes four times as long.
        while (index + 1 < length && isPlain(bytes[index + 1] as number)) index += 1;
      } else if (next < firstAction) state = next;
      else {
        state = this.#act(next);
        if (state === states.fault) return false;
      }
    }
    this.#state = state;
    return true;
  }

  /** What depends on the nesting; gives the next state. */
  #act(action: number): number {
    switch (action) {
      case actions.openList:
        return this.#opened(states.value) ? states.valueOrEnd : states.fault;
      case actions.openObject:
        return this.#opened(states.name) ? states.nameOrEnd : states.fault;
      case actions.closeList:
        return this.#closed(states.value) ? states.more : states.fault;
      case actions.closeObject:
        return this.#closed(states.name) ? states.more : states.fault;
      case actions.comma:
        return this.#depth === 0 ? states.fault : (this.#open[this.#depth - 1] as number);
      default:
        return states.fault;
    }
  }

  #opened(next: number): boolean {
    if (this.#depth === deepest) return false;
    if (this.#depth === this.#open.length) {
      const larger = new Uint8Array(this.#depth * 2);
      larger.set(this.#open);
      this.#open = larger;
    }
    this.#open[this.#depth] = next;
    this.#depth += 1;
    return true;
  }

  #closed(next: number): boolean {
    if (this.#depth === 0 || this.#open[this.#depth - 1] !== next) return false;
    this.#depth -= 1;
    return true;
  }
}

/** Whether a byte within a string is neither its end, nor begins an escape, nor is a control character. */
function isPlain(byte: number): boolean {
  return byte >= 0x20 && byte !== 0x22 && byte !== 0x5c;
}

/** How many bytes the character that begins here still needs. */
function missingBytes(bytes: Uint8Array): number {
  return wantedBytes(bytes[0] as number) - bytes.length;
}

function wantedBytes(first: number): number {
  return first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
}

/** Counts the bytes at the end that begin a character of UTF-8 but do not finish it. */
function incompleteBytes(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] as number;
    if (byte >= 0x80 && byte <= 0xbf) continue;
    return wantedBytes(byte) > back ? back : 0;
  }
  return 0;
}
