import { expect, test } from '@jest/globals';
import { newTrace, parseTrace } from '../../extension/formats/trace-id.ts';

const id = '1-5759e988-bd862e3fe1be46a994272793';
const w3c = '5759e988bd862e3fe1be46a994272793';

test.each([
  [id, `Root=${id}`],
  [`Root=${id}`, `Root=${id}`],
  [`Root=${id};Parent=53995c3f42cd8ad8;Sampled=1`, `Root=${id};Parent=53995c3f42cd8ad8;Sampled=1`],
  [`Root=${id}; Parent=53995c3f42cd8ad8; Lineage=a:0`, `Root=${id};Parent=53995c3f42cd8ad8;Lineage=a:0`],
  [`00-${w3c}-53995c3f42cd8ad8-01`, `Root=${id};Parent=53995c3f42cd8ad8;Sampled=1`],
  [`00-${w3c}-53995c3f42cd8ad8-00`, `Root=${id};Parent=53995c3f42cd8ad8;Sampled=0`],
  [`cc-${w3c}-53995c3f42cd8ad8-03-later`, `Root=${id};Parent=53995c3f42cd8ad8;Sampled=1`],
])('%s', (text, header) => {
  expect(parseTrace(text)).toEqual({ id, header });
});

test.each([
  '',
  'x',
  w3c,
  `2${id.slice(1)}`,
  id.toUpperCase().replace('1-', '1-A'),
  `Root=${id}\r\nX-Evil: 1`,
  `Root=${id};Self=ä`,
  `Parent=53995c3f42cd8ad8`,
  `ff-${w3c}-53995c3f42cd8ad8-01`,
  `00-${'0'.repeat(32)}-53995c3f42cd8ad8-01`,
  `00-${w3c}-${'0'.repeat(16)}-01`,
  `Root=${id};${'A=a;'.repeat(200)}A=a`,
])('%j is no trace', (text) => {
  expect(parseTrace(text)).toBeNull();
});

test('a new trace bears the time, and no two are equal', () => {
  const trace = newTrace(0x5759e988 * 1000 + 999);
  expect(trace.id).toMatch(/^1-5759e988-[0-9a-f]{24}$/);
  expect(parseTrace(trace.header)).toEqual(trace);
  expect(newTrace(0).id).not.toBe(newTrace(0).id);
});
