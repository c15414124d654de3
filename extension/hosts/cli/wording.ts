import { fieldNames } from '../../task/wire.ts';
import type { Command, Given } from './command.ts';

/** Says in flags what the task says in fields: nobody typed those. */
export interface Wording {
  /** The flag of a field, as it was typed or as it could be; the field's own name when no flag sets it. */
  readonly of: (field: string) => string;
  /** A sentence with the flags in place of the fields that it names. */
  readonly in: (sentence: string) => string;
}

export function wordingOf(
  { flags, parameters }: Command,
  { typed }: Pick<Given, 'typed'>,
  parameterField = 'function_name',
): Wording {
  const words = new Map<string, string>();
  for (const [name, { fields = [] }] of Object.entries(flags)) {
    for (const field of fields) {
      const word = typed.get(name);
      if (word !== undefined || !words.has(field)) words.set(field, word ?? `--${name}`);
    }
  }
  const [first] = parameters;
  if (first !== undefined) words.set(parameterField, first.name);
  if (flags.payload !== undefined) words.set('payload_source', '--payload');
  const of = (field: string) => words.get(field) ?? field;
  // Only names with an underscore: the others, such as region and proxy, are ordinary words too.
  const long = fieldNames.filter((field) => field.includes('_')).sort((a, b) => b.length - a.length);
  const pattern = new RegExp(`\\b(${long.join('|')})\\b(?!\\()`, 'g');
  return { of, in: (sentence) => sentence.replace(pattern, of) };
}
