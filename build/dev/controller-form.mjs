// `npm run generate` runs this too: draws docs/images/universal-controller-form.svg, the form of the Universal Template,
// from template.json, without a Controller.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
export const picture = 'docs/images/universal-controller-form.svg';

const margin = 24;
const gap = 28;
const column = { label: 206, box: 250 };
const columnWidth = column.label + column.box;
const width = 2 * margin + 2 * columnWidth + gap;
const height = { row: 38, box: 26, heading: 44 };
const colours = {
  text: '#1f2933',
  label: '#3e4c59',
  faint: '#616e7c',
  line: '#b8c2cc',
  must: '#b42318',
  band: '#eef2f6',
};

/** The picture of a template's form. */
export function drawForm(template) {
  const fields = template.fields.toSorted((a, b) => a.sequence - b.sequence);
  const parts = [
    { heading: `${template.name}: a new task`, rows: rowsOf(fields.filter((field) => isShown(field, fields))) },
    ...conditional(fields),
    { heading: 'Filled in by the task (output only)', rows: rowsOf(fields.filter(isOutput)) },
  ];
  let y = margin;
  const pieces = [];
  for (const { heading, rows } of parts) {
    pieces.push(band(heading, y));
    y += height.heading;
    for (const row of rows) {
      pieces.push(...row.map((field) => draw(field, y)));
      y += height.row;
    }
    y += 10;
  }
  const note = `Drawn from template.json. * required · a field of a group is shown only in the case that its heading names`;
  pieces.push(text(margin, y + 12, note, `font-size="12" fill="${colours.faint}"`));
  return svg(y + 12 + margin, `The form of the task type ${template.name}, with fields, types and defaults`, pieces);
}

function isOutput({ fieldRestriction }) {
  return fieldRestriction === 'Output Only';
}

/** Whether the form of a new task shows a field: its condition, and that of the field it depends on, hold by default. */
function isShown(field, fields) {
  if (isOutput(field)) return false;
  const master = masterOf(field, fields);
  return master === undefined || (valuesOf(field).includes(master.fieldValue) && isShown(master, fields));
}

function masterOf({ showIfField }, fields) {
  return fields.find(({ fieldMapping }) => fieldMapping === showIfField);
}

function valuesOf({ showIfFieldValue }) {
  return showIfFieldValue.split(',');
}

/** The fields that a new task does not show, by what shows them. */
function conditional(fields) {
  const groups = new Map();
  for (const field of fields) {
    if (isOutput(field) || isShown(field, fields)) continue;
    const heading = `When ${masterOf(field, fields).label} is ${spoken(valuesOf(field), masterOf(field, fields))}`;
    groups.set(heading, [...(groups.get(heading) ?? []), field]);
  }
  return [...groups].map(([heading, members]) => ({ heading, rows: rowsOf(members) }));
}

function spoken(values, { fieldType }) {
  if (fieldType === 'Boolean') return values[0] === 'true' ? 'checked' : 'not checked';
  return values.join(' or ');
}

/** Fields in rows: a field that starts one, and the field beside it, when both are there. */
function rowsOf(fields) {
  const rows = [];
  for (const field of fields) {
    const [last] = rows.slice(-1);
    if (!field.formStartRow && last?.at(-1).formEndRow === false) last.push(field);
    else rows.push([field]);
  }
  return rows;
}

function band(heading, y) {
  const box = `<rect x="0" y="${y - 4}" width="${width}" height="30" fill="${colours.band}"/>`;
  return box + text(margin, y + 16, heading, `font-size="14" font-weight="600" fill="${colours.text}"`);
}

function draw(field, y) {
  const x = field.formStartRow ? margin : margin + columnWidth + gap;
  const boxX = x + column.label;
  const boxWidth = field.formColumnSpan === 2 ? 2 * columnWidth + gap - column.label : column.box;
  const must = field.required || field.requireIfVisible;
  const star = must ? `<tspan fill="${colours.must}"> *</tspan>` : '';
  const label = text(x, y + 18, field.label, `font-size="13" fill="${colours.label}"`, star);
  return label + (field.fieldType === 'Boolean' ? checkbox(field, boxX, y) : input(field, boxX, boxWidth, y));
}

function checkbox({ fieldValue }, x, y) {
  const box = `<rect x="${x}" y="${y + 5}" width="16" height="16" rx="3" fill="#fff" stroke="${colours.line}"/>`;
  const check = `<path d="M${x + 3.5} ${y + 13.5} l3.2 3.2 l6 -7" fill="none" stroke="${colours.text}" stroke-width="2"/>`;
  return fieldValue === 'true' ? box + check : box;
}

function input(field, x, boxWidth, y) {
  const fill = isOutput(field) ? colours.band : '#fff';
  const box = `<rect x="${x}" y="${y}" width="${boxWidth}" height="${height.box}" rx="3" fill="${fill}" stroke="${colours.line}"/>`;
  const value = shownValue(field);
  const side = `font-size="11" fill="${colours.faint}" text-anchor="end"`;
  const chosen = ['Choice', 'Script', 'Credential'].includes(field.fieldType);
  const arrow = chosen ? `<path d="M${x + boxWidth - 17} ${y + 10.5} h9 l-4.5 6 z" fill="${colours.faint}"/>` : '';
  return [
    box,
    value === '' ? '' : text(x + 8, y + 17.5, value, `font-size="13" fill="${colours.text}"`),
    text(x + boxWidth - (chosen ? 24 : 8), y + 17, typeOf(field), side),
    arrow,
  ].join('');
}

/** The default as the form shows it: of a choice its label. */
function shownValue({ fieldValue, choices }) {
  const choice = choices.find((one) => one.fieldValue === fieldValue);
  return choice?.fieldValueLabel ?? fieldValue ?? '';
}

function typeOf({ fieldType, intFieldMin, intFieldMax }) {
  if (fieldType === 'Integer' && intFieldMin !== null) return `Integer, ${intFieldMin} to ${intFieldMax}`;
  return fieldType;
}

function text(x, y, words, attributes, more = '') {
  return `<text x="${x}" y="${y}" ${attributes}>${escaped(words)}${more}</text>`;
}

function escaped(words) {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

function svg(total, label, pieces) {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${total}" viewBox="0 0 ${width} ${total}" role="img" aria-label="${escaped(label)}">
<rect width="100%" height="100%" fill="#fff"/>
<g font-family="system-ui, 'Segoe UI', Helvetica, Arial, sans-serif">
${pieces.join('\n')}
</g>
</svg>
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(root + picture, drawForm(JSON.parse(readFileSync(`${root}template.json`, 'utf8'))));
}
