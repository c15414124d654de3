/**
 * Control characters, line separators and the characters that change the direction of text: each can rewrite or forge
 * what a terminal or a log viewer shows. And `##[`, which the runners of GitHub and Azure take for a command wherever
 * it is in a line, as TeamCity does with `##teamcity[`.
 */
const unprintable =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: \p{Cc} takes ten times as long to make
  /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]|(?<=#)#(?=\w*\[)/g;

/** Makes a text that others wrote fit for one line: line breaks and tabs become blanks, the rest is escaped as in JSON. */
export function printable(text: string): string {
  return text
    .replace(/\r?\n|\t/g, ' ')
    .replace(unprintable, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
