/**
 * Template parameters: `{{ path.to.value }}` in a text or in JSON takes a value from a scope. A path without a value is
 * a fault and never an empty text: a call with half of its input must not be made.
 */
export type Scope = Readonly<Record<string, unknown>>;

/** Thrown when a placeholder has no value. The sentence names the path, never a value. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

const placeholder = /\{\{([^{}]*)\}\}/g;
const onlyPlaceholder = /^\s*\{\{([^{}]*)\}\}\s*$/;

/** Whether a text has placeholders. */
export function hasPlaceholder(text: string): boolean {
  return text.search(placeholder) >= 0;
}

/** Puts values into a text. */
export function renderText(text: string, scope: Scope): string {
  return text.replace(placeholder, (_, path: string) => asText(path.trim(), scope));
}

/** The value itself of a text that is nothing but one placeholder, else the text with values in it. */
export function renderValue(text: string, scope: Scope): unknown {
  const path = onlyPlaceholder.exec(text)?.[1];
  return path === undefined ? renderText(text, scope) : lookUp(path.trim(), scope);
}

/**
 * Puts values into the strings of a JSON text and leaves every other byte of it alone: a string that is nothing but one
 * placeholder becomes the value with its type, in any other it is inserted as text, JSON-escaped.
 */
export function renderJson(text: string, scope: Scope): string {
  if (hasPlaceholder(mapStrings(text, () => '""'))) throw new TemplateError(outside);
  return mapStrings(text, (literal, isKey) => {
    const content = literal.includes('{{') ? parseString(literal) : null;
    if (content === null) return literal; // what is not JSON is reported of the whole text
    const path = isKey ? undefined : onlyPlaceholder.exec(content)?.[1];
    return path === undefined ? JSON.stringify(renderText(content, scope)) : asJson(path.trim(), scope);
  });
}

/** What is wrong with the placeholders of a JSON text before there are values, or null. */
export function jsonTemplateFault(text: string): string | null {
  if (hasPlaceholder(mapStrings(text, () => '""'))) return outside;
  let fault: string | null = null;
  mapStrings(text, (literal) => {
    const content = literal.includes('{{') ? parseString(literal) : null; // braces of JSON are no placeholder
    if (content !== null) fault ??= templateFault(content);
    return literal;
  });
  return fault;
}

/** Checks the paths of a text's placeholders without a scope, as an editor does; null when all can be read. */
export function templateFault(text: string): string | null {
  for (const [, path = ''] of text.matchAll(placeholder)) {
    if (stepsOf(path.trim()) === null) return unreadable(path.trim());
  }
  return null;
}

function parseString(literal: string): string | null {
  try {
    return JSON.parse(literal) as string;
  } catch {
    return null;
  }
}

/** Replaces every string of a JSON text. By hand: a regular expression is slow to find that a string is not closed. */
export function mapStrings(text: string, replace: (literal: string, isKey: boolean) => string): string {
  const parts: string[] = [];
  let last = 0;
  for (let start = text.indexOf('"'); start >= 0; start = text.indexOf('"', last)) {
    const end = endOfString(text, start);
    colon.lastIndex = end;
    parts.push(text.slice(last, start), replace(text.slice(start, end), colon.test(text)));
    last = end;
  }
  return parts.join('') + text.slice(last);
}

const colon = /\s*:/y;

/** The index behind the quote that closes a string, or the end of the text. */
function endOfString(text: string, start: number): number {
  for (let index = start + 1; index < text.length; index += 1) {
    const char = text.charCodeAt(index);
    if (char === 0x5c) index += 1;
    else if (char === 0x22) return index + 1;
  }
  return text.length;
}

function asJson(path: string, scope: Scope): string {
  const value = lookUp(path, scope);
  try {
    const text = JSON.stringify(value);
    if (text !== undefined) return text;
  } catch {
    // A BigInt or a circle: said below.
  }
  throw new TemplateError(`{{ ${path} }} has no JSON form`);
}

function asText(path: string, scope: Scope): string {
  const value = lookUp(path, scope);
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'boolean':
    case 'bigint':
      return String(value);
    default:
      if (value === null) throw new TemplateError(`{{ ${path} }} is null, which cannot be part of a text`);
      return asJson(path, scope);
  }
}

function lookUp(path: string, scope: Scope): unknown {
  const steps = stepsOf(path);
  if (steps === null) throw new TemplateError(unreadable(path));
  let value: unknown = scope;
  for (const step of steps) {
    // Own properties only: `constructor` and the like are no data.
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step))
      throw new TemplateError(missing(path));
    value = (value as Record<string, unknown>)[step];
  }
  if (value === undefined) throw new TemplateError(missing(path));
  return value;
}

const step = /(?:^|\.)([^.[\]\s'"]+)|\[(\d+)\]|\['([^']*)'\]|\["([^"]*)"\]/y;

/** The keys of a path such as `order.items[0].sku`, `order.items.0.sku` or `headers['x-id']`; null when it is none. */
export function stepsOf(path: string): string[] | null {
  const steps: string[] = [];
  step.lastIndex = 0;
  while (step.lastIndex < path.length) {
    const found = step.exec(path);
    if (found === null) return null;
    steps.push((found[1] ?? found[2] ?? found[3] ?? found[4]) as string);
  }
  return steps.length === 0 ? null : steps;
}

const outside = 'has a placeholder outside a string; write "{{ path }}" with its quotes';
const missing = (path: string) => `{{ ${path} }} has no value; check the path`;
const unreadable = (path: string) => `{{ ${path} }} is not a path; write it as {{ path.to.value }}`;
