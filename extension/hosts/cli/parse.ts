import { parseArgs } from 'node:util';
import type { Command, Flag, Given } from './command.ts';
import { nearest } from './nearest.ts';
import { UsageError } from './usage-error.ts';

/**
 * Reads the words of a command strictly: a flag that the command does not use, a value that is missing, not allowed or
 * too much, a flag given twice and flags that contradict each other are errors, which name the flag as it was typed.
 */
export function parse(command: Command, words: readonly string[], others: readonly Command[] = []): Given {
  const names = namesOf(command);
  const options = Object.fromEntries(
    [...names].map(([word, name]) => [word, { type: typeOf(command.flags[name]), multiple: true }] as const),
  );
  const { tokens } = parseArgs({ args: [...words], options, strict: false, allowPositionals: true, tokens: true });
  const parameters: string[] = [];
  const flags = new Map<string, string[]>();
  const typed = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind === 'positional') parameters.push(token.value);
    if (token.kind !== 'option') continue;
    const name = names.get(token.name);
    const flag = name === undefined ? undefined : command.flags[name];
    if (name === undefined || flag === undefined) throw unknownFlag(command, token.rawName, others);
    if (typed.has(name) && !flag.repeatable) throw new UsageError(twice(token.rawName, typed.get(name)));
    const value = checkedValue(token.rawName, flag, token.value, token.inlineValue === true);
    typed.set(name, token.rawName);
    flags.set(name, [...(flags.get(name) ?? []), value]);
  }
  const given = { parameters, flags, typed };
  assertParameters(command, parameters);
  assertTogether(command, given);
  return given;
}

/** Every word of a flag, aliases included, and the flag's own name. */
export function namesOf({ flags }: Command): ReadonlyMap<string, string> {
  return new Map(Object.entries(flags).flatMap(([name, { aliases = [] }]) => [name, ...aliases].map((w) => [w, name])));
}

function typeOf(flag: Flag | undefined): 'string' | 'boolean' {
  return flag?.value === undefined ? 'boolean' : 'string';
}

function twice(word: string, before: string | undefined): string {
  return word === before ? `${word} is given twice` : `${before} and ${word} are the same flag; give one`;
}

function checkedValue(word: string, flag: Flag, value: string | undefined, inline: boolean): string {
  if (flag.value === undefined) {
    if (value === undefined) return '';
    throw new UsageError(`${word} is a switch and takes no value`);
  }
  if (value === undefined || (!inline && value.startsWith('--'))) {
    const next =
      value === undefined ? '' : `; ${value} is the next flag (write ${word}=VALUE for a value that begins so)`;
    throw new UsageError(`${word} needs a value: ${word} ${flag.value}${next}`);
  }
  if (value === '') throw new UsageError(`${word} needs a value that is not empty`);
  const { choices, range } = flag;
  if (choices !== undefined && !choices.some((choice) => plain(choice) === plain(value))) {
    throw new UsageError(`${word} must be one of ${choices.join(', ')}${hintOf(value, choices)}`);
  }
  if (range !== undefined && !isWithin(value, range)) {
    throw new UsageError(`${word} must be a whole number from ${range[0]} to ${range[1]}`);
  }
  return choices?.find((choice) => plain(choice) === plain(value)) ?? value;
}

function hintOf(value: string, choices: readonly string[]): string {
  const near = nearest(value, choices);
  return near === undefined ? '' : `; did you mean ${near}?`;
}

/** As the fields of a task are read: whatever the case, blanks, `_` and `-`. */
function plain(choice: string): string {
  return choice.toLowerCase().replace(/[\s_-]/g, '');
}

function isWithin(value: string, [least, greatest]: readonly [number, number]): boolean {
  return /^\d{1,9}$/.test(value) && Number(value) >= least && Number(value) <= greatest;
}

function unknownFlag(command: Command, word: string, others: readonly Command[]): UsageError {
  const name = word.replace(/^-+/, '');
  const owners = others.filter((other) => other !== command && namesOf(other).has(name)).map((other) => other.name);
  const near = nearest(name, [...namesOf(command).keys()]);
  if (name.length === 1) return new UsageError(`Unknown option '${word}'${longForms(command, name)}`);
  if (near !== undefined) return new UsageError(`Unknown option '${word}'; did you mean --${near}?`);
  if (owners.length === 0) return new UsageError(`Unknown option '${word}'`);
  return new UsageError(`${word} is a flag of ${owners.join(', ')}; ${command.name} does not use it`);
}

/** There are no short flags but -h: the long ones that begin so. */
function longForms(command: Command, letter: string): string {
  const found = [...namesOf(command).keys()].filter((name) => name.startsWith(letter.toLowerCase()));
  const words = found.slice(0, 3).map((name) => `--${name}`);
  return words.length === 0 ? '' : `; flags have long names: ${words.join(', ')}`;
}

function assertParameters({ name, parameters }: Command, given: readonly string[]): void {
  const missing = parameters.find((parameter, index) => !parameter.optional && !given[index]);
  if (missing !== undefined) throw new UsageError(missing.missing);
  for (const [index, { name: word, choices }] of parameters.entries()) {
    const value = given[index];
    if (choices === undefined || value === undefined || choices.includes(value)) continue;
    throw new UsageError(`${word} must be one of ${choices.join(', ')}${hintOf(value, choices)}`);
  }
  const [extra] = given.slice(parameters.length);
  if (extra === undefined || parameters.at(-1)?.repeatable) return;
  const [first] = parameters;
  throw new UsageError(first === undefined ? `${name} takes no argument; what is ${extra}?` : first.missing);
}

function assertTogether({ exclusive = [], requires = {} }: Command, { typed }: Given): void {
  for (const group of exclusive) {
    const [first, second] = group.map((name) => typed.get(name)).filter((word) => word !== undefined);
    if (second !== undefined) throw new UsageError(`${first} and ${second} contradict each other; give one`);
  }
  for (const [name, other] of Object.entries(requires)) {
    const word = typed.get(name);
    if (word !== undefined && !typed.has(other)) throw new UsageError(`${word} means nothing without --${other}`);
  }
}
