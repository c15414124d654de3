import { type ParsedJson, parseJson } from '../formats/parse-json.ts';
import { fieldTable } from './fields.gen.ts';
import { fieldNames } from './wire.ts';

/**
 * Parses a JSON document of fields. A script given as a JSON value is kept as the text that it has in the document, so
 * that it is sent byte for byte: parsing would round 9007199254740993 and drop duplicate keys.
 */
export function parseDocument(text: string): ParsedJson {
  const parsed = parseJson(text);
  return 'fault' in parsed ? parsed : { value: withScriptTexts(parsed.value, text) };
}

function withScriptTexts(raw: unknown, text: string): unknown {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return raw;
  const scripts = fieldNames.filter(
    (field) => fieldTable[field].kind === 'script' && isJsonValue(Reflect.get(raw, field)),
  );
  if (scripts.length === 0) return raw;
  const texts = memberTexts(text);
  return { ...raw, ...Object.fromEntries(scripts.map((field) => [field, texts.get(field)])) };
}

/** The lists that mean an unset field are left to the wire. */
function isJsonValue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 1 || (value[0] ?? '') !== '';
  return typeof value === 'number' || typeof value === 'boolean' || (typeof value === 'object' && value !== null);
}

const token = /"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{},:]|[^\s"[\]{},:]+/gs;

/** The text of each member's value in a JSON object that is known to be valid. */
function memberTexts(text: string): Map<string, string> {
  const members = new Map<string, string>();
  let depth = 0;
  let key: string | null = null;
  let start = 0;
  for (const { 0: word, index } of text.matchAll(token)) {
    if (depth === 1 && (word === ',' || word === '}')) {
      if (key !== null) members.set(key, text.slice(start, index).trim());
      key = null;
    } else if (depth === 1 && key === null && word !== ':') {
      key = JSON.parse(word) as string;
    } else if (depth === 1 && word === ':') {
      start = index + 1;
    }
    if (word === '{' || word === '[') depth += 1;
    if (word === '}' || word === ']') depth -= 1;
  }
  return members;
}
