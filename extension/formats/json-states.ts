/** The state of a JSON parser after a byte. */
const names = [
  ...['value', 'valueOrEnd', 'name', 'nameOrEnd', 'colon', 'more', 'fault'],
  ...['string', 'stringEscape', 'stringHex4', 'stringHex3', 'stringHex2', 'stringHex1'],
  ...['nameString', 'nameStringEscape', 'nameStringHex4', 'nameStringHex3', 'nameStringHex2', 'nameStringHex1'],
  ...['minus', 'zero', 'integer', 'point', 'fraction', 'exponent', 'exponentSign', 'exponentDigits'],
  ...['t', 'tr', 'tru', 'f', 'fa', 'fal', 'fals', 'n', 'nu', 'nul'],
] as const;

export const states = Object.fromEntries(names.map((name, index) => [name, index])) as Record<string, number> & {
  readonly [Name in 'value' | 'valueOrEnd' | 'name' | 'nameOrEnd' | 'more' | 'string' | 'fault']: number;
};

/** What a byte does when the next state depends on what is open. */
export const actions = { openList: 64, openObject: 65, closeList: 66, closeObject: 67, comma: 68, fail: 69 } as const;
export const firstAction = 64;

/** Where a text may end, when nothing is open. */
export const final = new Set(['more', 'zero', 'integer', 'fraction', 'exponentDigits'].map((name) => at(name)));

/** By state and byte: the next state, or an action. */
export const transitions = tableOf();

function at(name: string): number {
  const state = states[name];
  if (state === undefined) throw new Error(`no state ${name}`);
  return state;
}

function tableOf(): Uint8Array {
  const table = new Uint8Array(names.length << 8).fill(actions.fail);
  const put = (from: string, bytes: string, next: string | number) => {
    const target = typeof next === 'number' ? next : at(next);
    for (const byte of Buffer.from(bytes, 'latin1')) table[(at(from) << 8) | byte] = target;
  };
  const [blanks, digits, hex] = [' \t\n\r', '0123456789', '0123456789abcdefABCDEF'];
  for (const from of ['value', 'valueOrEnd', 'name', 'nameOrEnd', 'colon', 'more']) put(from, blanks, from);

  for (const from of ['value', 'valueOrEnd']) {
    put(from, '"', 'string');
    put(from, '[', actions.openList);
    put(from, '{', actions.openObject);
    put(from, '-', 'minus');
    put(from, '0', 'zero');
    put(from, digits.slice(1), 'integer');
    for (const letter of 'tfn') put(from, letter, letter);
  }
  put('valueOrEnd', ']', actions.closeList);
  for (const from of ['name', 'nameOrEnd']) put(from, '"', 'nameString');
  put('nameOrEnd', '}', actions.closeObject);
  put('colon', ':', 'value');

  for (const from of ['string', 'nameString']) {
    // Bytes above 127 are parts of characters, which are judged apart.
    table.fill(at(from), (at(from) << 8) | 0x20, (at(from) + 1) << 8);
    put(from, '\\', `${from}Escape`);
    put(from, '"', from === 'string' ? 'more' : 'colon');
    put(`${from}Escape`, '"\\/bfnrt', from);
    put(`${from}Escape`, 'u', `${from}Hex4`);
    for (const left of [4, 3, 2]) put(`${from}Hex${left}`, hex, `${from}Hex${left - 1}`);
    put(`${from}Hex1`, hex, from);
  }

  for (const word of ['true', 'false', 'null']) {
    for (let end = 1; end < word.length; end += 1) {
      put(word.slice(0, end), word.charAt(end), end + 1 === word.length ? 'more' : word.slice(0, end + 1));
    }
  }

  put('minus', '0', 'zero');
  put('minus', digits.slice(1), 'integer');
  for (const from of ['integer', 'fraction', 'exponentDigits']) put(from, digits, from);
  for (const from of ['zero', 'integer']) put(from, '.', 'point');
  put('point', digits, 'fraction');
  for (const from of ['zero', 'integer', 'fraction']) put(from, 'eE', 'exponent');
  put('exponent', '+-', 'exponentSign');
  for (const from of ['exponent', 'exponentSign']) put(from, digits, 'exponentDigits');

  for (const from of ['more', 'zero', 'integer', 'fraction', 'exponentDigits']) {
    if (from !== 'more') put(from, blanks, 'more');
    put(from, ',', actions.comma);
    put(from, ']', actions.closeList);
    put(from, '}', actions.closeObject);
  }
  return table;
}
