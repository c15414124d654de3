import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
// @ts-expect-error a build script without types
import { drawForm, picture } from '../../build/dev/controller-form.mjs';

interface Field {
  readonly label: string;
  readonly required: boolean;
  readonly requireIfVisible: boolean;
}

const template: { name: string; fields: Field[] } = JSON.parse(readFileSync('template.json', 'utf8'));
const svg = readFileSync(picture, 'utf8');

test('the picture of the Universal Controller form is fresh; if not: npm run generate', () => {
  expect(svg).toBe(drawForm(template));
});

test('it has every field once, with its required mark', () => {
  const drawn = [...svg.matchAll(/font-size="13" fill="#3e4c59">([^<]+)(<tspan fill="#b42318"> \*<\/tspan>)?/g)];
  const found = drawn.map(([, label, star]) => [label, star !== undefined]);
  const fields = template.fields.map(({ label, required, requireIfVisible }) => [label, required || requireIfVisible]);
  expect(found.sort()).toEqual(fields.sort());
});

test('texts of a template cannot break it', () => {
  const [first, ...others] = template.fields;
  const hostile = { ...template, name: '<b>&"', fields: [{ ...first, label: '<script>&' }, ...others] };
  const drawn = drawForm(hostile);
  expect(drawn).toContain('&lt;script>&amp;');
  expect(drawn).not.toMatch(/<script|<b>/);
  expect(drawn).toContain('aria-label="The form of the task type &lt;b>&amp;&quot;');
});
