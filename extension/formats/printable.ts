/**
 * What a terminal, a log reader or a line-oriented tool could take for more than text: control characters, the line and
 * paragraph separators, and the marks that reverse the direction of writing.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unprintable = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** One line of plain text: line breaks and tabs become blanks, other control characters their \u escapes. */
export function printable(text: string): string {
  return text.replace(/\r?\n|\t/g, ' ').replace(unprintable, (char) => {
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
