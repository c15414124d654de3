import type { Command } from './command.ts';
import { nearest } from './nearest.ts';
import { UsageError } from './usage-error.ts';

/** What the first words of a command line are: a command, or the first word of several, such as `schedule`. */
export type Found =
  | { readonly kind: 'command'; readonly command: Command; readonly rest: readonly string[] }
  | { readonly kind: 'group'; readonly name: string; readonly rest: readonly string[] };

/** Words that the program itself knows. */
const own = ['help', 'version'];

/** Reads the name of a command, which has one word or two. Throws UsageError, with the name that was probably meant. */
export function findCommand(words: readonly string[], commands: readonly Command[]): Found {
  const [first = '', second = ''] = words;
  const pair = commands.find(({ name }) => name === `${first} ${second}`);
  if (pair !== undefined) return { kind: 'command', command: pair, rest: words.slice(2) };
  const command = commands.find(({ name }) => name === first);
  if (command !== undefined) return { kind: 'command', command, rest: words.slice(1) };
  const members = membersOf(first, commands);
  if (members.length === 0) {
    const near = nearest(first, [...firstWords(commands), ...own]);
    throw new UsageError(`no such command: ${first}${didYouMean(near)}`);
  }
  if (second === '' || second.startsWith('-')) return { kind: 'group', name: first, rest: words.slice(1) };
  const near = nearest(second, members);
  throw new UsageError(`no such command: ${first} ${second}${didYouMean(near && `${first} ${near}`)}`);
}

/** The first word of each command, each once, in the order of the commands. */
export function firstWords(commands: readonly Command[]): string[] {
  return [...new Set(commands.map(({ name }) => name.split(' ')[0] as string))];
}

/** The first words that are no command of their own. */
export function groupsIn(commands: readonly Command[]): string[] {
  return firstWords(commands).filter((word) => membersOf(word, commands).length > 0);
}

/** The second words of the commands that begin with a word. */
export function membersOf(first: string, commands: readonly Command[]): string[] {
  return commands.filter(({ name }) => name.startsWith(`${first} `)).map(({ name }) => name.slice(first.length + 1));
}

function didYouMean(near: string | undefined): string {
  return near === undefined ? '' : `; did you mean ${near}?`;
}
