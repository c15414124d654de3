/** Breaks a text at blanks into lines of at most so many columns; line breaks of its own are kept. */
export function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && line.length + 1 + word.length > width) {
        lines.push(line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    return [...lines, line];
  });
}

/** Rows of two columns: a word on the left, wrapped text on the right. */
export function definitions(rows: readonly (readonly [string, string])[], left: number, width = 80): string {
  const lines = rows.flatMap(([word, text]) => {
    const right = wrap(text, width - left - 2);
    const first = `  ${word}`;
    const own = first.length >= left ? [first] : [];
    const [start = '', ...rest] = right;
    const head = own.length > 0 ? [first, ' '.repeat(left) + start] : [first.padEnd(left) + start];
    return [...head, ...rest.map((line) => ' '.repeat(left) + line)];
  });
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

/** Cuts a text that is longer than the width; the last column then shows that something is missing. */
export function shortened(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`;
}
