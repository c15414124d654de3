import { mapStrings, stepsOf, TemplateError } from '../../../formats/template-parameters.ts';
import { fieldTable, type Kind } from '../../../task/fields.gen.ts';
import { isFieldName } from '../../../task/wire.ts';

export { TemplateError };

/** `{{ path }}`; with a backslash before it, it is a text that stays. */
const placeholder = /(\\?)\{\{([^{}]*)\}\}/g;
const onlyPlaceholder = /^\s*\{\{([^{}]*)\}\}\s*$/;

/** Characters that the fields of one task may grow to. */
const renderedLimit = 32 * 2 ** 20;

/** Gives the JSON text of the value at a path, whose first step is the name of a task; throws TemplateError. */
export type LookUp = (path: string, steps: readonly string[]) => string;

export interface Placeholder {
  readonly path: string;
  /** Null when the path cannot be read. */
  readonly steps: readonly string[] | null;
}

/** Whether a field takes values from other tasks. */
export function takesTemplates(field: string): boolean {
  return isFieldName(field) && fieldTable[field].literal !== true;
}

function kindOf(field: string): Kind | undefined {
  return isFieldName(field) ? fieldTable[field].kind : undefined;
}

/** The placeholders of a field's value, at any depth; in a script, those of its strings. */
export function placeholdersIn(field: string, value: unknown): readonly Placeholder[] {
  const texts = kindOf(field) === 'script' && typeof value === 'string' ? stringsIn(value) : textsIn(value);
  return texts.flatMap((text) =>
    [...text.matchAll(placeholder)]
      .filter(([, backslash]) => backslash === '')
      .map(([, , inner = '']) => ({ path: inner.trim(), steps: stepsOf(inner.trim()) })),
  );
}

/** The strings of a JSON text that may have placeholders. */
function stringsIn(json: string): readonly string[] {
  const found: string[] = [];
  mapStrings(json, (literal) => {
    const content = literal.includes('{{') ? parsedString(literal) : null;
    if (content !== null) found.push(content);
    return literal;
  });
  return found;
}

/** Whether rendering changes a value. */
export function hasTemplate(value: unknown): boolean {
  return typeof value === 'string' && value.search(placeholder) >= 0;
}

/** What keeps a script from being rendered, or null. */
export function scriptFault(field: string, value: unknown): string | null {
  if (kindOf(field) !== 'script' || typeof value !== 'string') return null;
  const outside = mapStrings(value, () => '""').search(placeholder) >= 0;
  return outside ? 'has a template outside a string; write "{{ path }}" with its quotes' : null;
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/**
 * Puts values into the fields of a task, once: what comes in is not looked at again. In a script, a string that is
 * nothing but a template becomes the value as it is written; elsewhere values become texts. Throws TemplateError.
 */
export function rendered(fields: Readonly<Record<string, unknown>>, lookUp: LookUp): Record<string, unknown> {
  const budget = { left: renderedLimit };
  return Object.fromEntries(
    Object.entries(fields).map(([field, value]) => {
      if (!takesTemplates(field) || !hasTemplate(value)) return [field, value];
      const render = kindOf(field) === 'script' ? renderedScript : renderedText;
      try {
        return [field, render(value as string, lookUp, budget)];
      } catch (error) {
        if (error instanceof TemplateError) throw new TemplateError(`${field}: ${error.message}`);
        throw error;
      }
    }),
  );
}

interface Budget {
  left: number;
}

function renderedScript(text: string, lookUp: LookUp, budget: Budget): string {
  return mapStrings(text, (literal, isKey) => {
    const content = literal.includes('{{') ? parsedString(literal) : null;
    if (content === null) return literal;
    const path = isKey ? undefined : onlyPlaceholder.exec(content)?.[1];
    if (path === undefined) return JSON.stringify(renderedText(content, lookUp, budget));
    return spend(budget, valueAt(path.trim(), lookUp));
  });
}

function renderedText(text: string, lookUp: LookUp, budget: Budget): string {
  return text.replace(placeholder, (whole, backslash: string, inner: string) => {
    if (backslash !== '') return whole.slice(1);
    const path = inner.trim();
    const json = valueAt(path, lookUp);
    if (json === 'null') throw new TemplateError(`{{ ${path} }} is null, which cannot be part of a text`);
    return spend(budget, json.startsWith('"') ? (JSON.parse(json) as string) : json);
  });
}

function valueAt(path: string, lookUp: LookUp): string {
  const steps = stepsOf(path);
  if (steps === null) throw new TemplateError(unreadable(path));
  return lookUp(path, steps);
}

function spend(budget: Budget, text: string): string {
  budget.left -= text.length;
  if (budget.left < 0) {
    throw new TemplateError(`the values of its templates have more than ${renderedLimit / 2 ** 20} MB together`);
  }
  return text;
}

function parsedString(literal: string): string | null {
  try {
    return JSON.parse(literal) as string;
  } catch {
    return null;
  }
}

export const unreadable = (path: string) =>
  `{{ ${path.slice(0, 100)} }} is not a path; write it as {{ task.result.payload_json.key }}`;
