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

/** Bytes in a unit that fits, such as `1.5 MB`. */
export function bytesText(value: number): string {
  const power = Math.min(3, Math.floor(Math.log2(Math.max(1, value)) / 10));
  return `${(value / 1024 ** power).toLocaleString('en-US', { maximumFractionDigits: 1 })} ${['B', 'KB', 'MB', 'GB'][power]}`;
}

/** Milliseconds as a person says them, such as `0.2 s`, `34 s`, `2 min 5 s`, `3 h 20 min`, `5 d 3 h`. */
export function durationText(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 9.95) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  const [days, hours, minutes] = [
    Math.floor(whole / 86_400),
    Math.floor(whole / 3600) % 24,
    Math.floor(whole / 60) % 60,
  ];
  if (days > 0) return `${days} d${hours > 0 ? ` ${hours} h` : ''}`;
  if (hours > 0) return `${hours} h${minutes > 0 ? ` ${minutes} min` : ''}`;
  if (minutes > 0) return `${minutes} min${whole % 60 > 0 ? ` ${whole % 60} s` : ''}`;
  return `${whole} s`;
}
