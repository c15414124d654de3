// Writes docs/performance.md and its chart from the figures of one run.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { median } from './measure.mjs';

const docs = new URL('../docs/', import.meta.url);
const begin = '<!-- figures -->';
const end = '<!-- end of figures -->';

export function writePage(figures, http, https) {
  const page = new URL('performance.md', docs);
  const text = readFileSync(page, 'utf8');
  const [before] = text.split(begin);
  const [, after] = text.split(end);
  writeFileSync(page, `${before}${begin}\n\n${figures}\n\n${end}${after}`);
  mkdirSync(new URL('images/', docs), { recursive: true });
  writeFileSync(new URL('images/performance.svg', docs), chart({ 'over http': http, 'over https': https }));
}

const shown = ['node -e 0', 'curl --aws-sigv4', 'executable', 'bundle', 'aws lambda invoke', 'boto3'];
const bar = { height: 18, gap: 6, left: 150, width: 420 };

/** A bar for each contender, as long as its median wall time; grey for what is not ours. */
function chart(scenarios) {
  const groups = Object.entries(scenarios).map(([title, byName]) => ({
    title,
    bars: shown.filter((name) => byName[name]).map((name) => [name, median(byName[name].map(({ wall }) => wall))]),
  }));
  const longest = Math.max(...groups.flatMap(({ bars }) => bars.map(([, wall]) => wall)));
  const parts = [];
  let y = 10;
  for (const { title, bars } of groups) {
    parts.push(`<text x="10" y="${y + 14}" font-weight="bold">One task ${title}, milliseconds</text>`);
    y += 26;
    for (const [name, wall] of bars) {
      const length = Math.max(1, Math.round((wall / longest) * bar.width));
      const ours = name === 'bundle' || name === 'executable';
      parts.push(
        `<text x="${bar.left - 8}" y="${y + 13}" text-anchor="end">${name}</text>`,
        `<rect x="${bar.left}" y="${y}" width="${length}" height="${bar.height}" fill="${ours ? '#e8890c' : '#8a97a3'}"/>`,
        `<text x="${bar.left + length + 6}" y="${y + 13}">${wall.toFixed(0)}</text>`,
      );
      y += bar.height + bar.gap;
    }
    y += 10;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="${y}" viewBox="0 0 640 ${y}" role="img" aria-label="Milliseconds of one task: this program, Node and boto3" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="#ffffff"/>
<g fill="#1b2730">
${parts.join('\n')}
</g>
</svg>
`;
}
