// `npm run recording`: draws docs/images/terminal.svg from a real run of the program in a terminal of its own (needs the
// script command of util-linux), against the local endpoint.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { withEndpoint } from '../bundle/real-run.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const columns = 84;
const [charWidth, lineHeight, fontSize, margin] = [8.4, 19, 14, 16];

const esc = '\u001b';
const drawnOver = new RegExp(`^[^\\n]*${esc}\\[2K`);
const styles = new RegExp(`(${esc}\\[\\d+m)`);
const style = new RegExp(`^${esc}\\[(\\d+)m$`);

const colours = { 31: '#f47067', 32: '#6bc46d', 33: '#daaa3f', 35: '#dcbdfb', 36: '#76e3ea' };

const shown = [
  ['doctor', 'slow', '--timeout', '30'],
  ['invoke', 'order', '--data', 'id=A-17', '--data', 'items:=[{"sku":"pen","quantity":2,"price":1.5}]'],
  ['invoke', 'fail', '--query', 'errorMessage'],
];

await withEndpoint((url) => {
  const lines = shown.flatMap((words) => [...prompt(words), ...record(words, url), '']);
  writeFileSync(`${root}docs/images/terminal.svg`, draw(lines.slice(0, -1)));
});

function quoted(word) {
  return /^[\w./:=-]+$/.test(word) ? word : `'${word}'`;
}

/** The command as it is typed, in lines that fit. */
function prompt(words) {
  const lines = [''];
  for (const word of ['$ ue-aws-lambda', ...words.map(quoted)]) {
    const last = lines.at(-1);
    if (last.length + word.length + 3 > columns) lines.push(`    ${word}`);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines.map((line, index) => `\u001b[1m${line}${index < lines.length - 1 ? ' \\' : ''}\u001b[22m`);
}

/** The lines that one command prints on a terminal. */
function record(words, url) {
  const command = [process.execPath, `${root}dist/main.cjs`, ...words].map((word) => `'${word}'`).join(' ');
  const env = {
    PATH: process.env.PATH,
    HOME: '/nonexistent',
    TERM: 'xterm-256color',
    ...{ AWS_ENDPOINT_URL: url, AWS_REGION: 'eu-west-1' },
    ...{ AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local-secret' },
  };
  const line = `stty cols ${columns}; ${command} || true`;
  const text = execFileSync('script', ['-qec', line, '/dev/null'], { env, encoding: 'utf8' });
  // What a line was drawn over with before, such as progress, does not stay on the screen.
  return text
    .trimEnd()
    .split('\n')
    .map((one) =>
      one
        .replace(/\r$/, '')
        .replace(drawnOver, '')
        .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:9001'),
    )
    .filter((one) => !/^\s+at |"trace"|^ {2}\]/.test(one) && !one.includes('    "    at'));
}

function draw(lines) {
  const width = Math.round(columns * charWidth + 2 * margin);
  const height = lines.length * lineHeight + 2 * margin;
  const texts = lines.map((line, index) => {
    const y = margin + (index + 0.75) * lineHeight;
    return `<text x="${margin}" y="${y}" xml:space="preserve">${spans(line)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="ue-aws-lambda doctor and invoke in a terminal">
<rect width="100%" height="100%" rx="8" fill="#1c2128"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="${fontSize}" fill="#cdd9e5">
${texts.join('\n')}
</g>
</svg>
`;
}

/** A line with its colours: each piece between two escapes is a span. */
function spans(line) {
  const now = { fill: '', bold: false, dim: false };
  return line
    .split(styles)
    .map((piece) => {
      const code = style.exec(piece)?.[1];
      if (code === undefined) return piece === '' ? '' : span(piece, now);
      if (colours[code]) now.fill = colours[code];
      if (code === '39') now.fill = '';
      if (code === '1') now.bold = true;
      if (code === '2') now.dim = true;
      if (code === '22') Object.assign(now, { bold: false, dim: false });
      return '';
    })
    .join('');
}

function span(text, { fill, bold, dim }) {
  const attributes = [fill && `fill="${fill}"`, bold && 'font-weight="bold"', dim && 'opacity="0.6"'].filter(Boolean);
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return attributes.length === 0 ? escaped : `<tspan ${attributes.join(' ')}>${escaped}</tspan>`;
}
