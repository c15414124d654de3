import { describe, expect, test } from '@jest/globals';
import { renderJson, renderText, renderValue, templateFault } from '../../extension/formats/template-parameters.ts';

const scope = {
  payload: { id: 'A-17', n: 2.5, on: false, none: null, items: [{ sku: 'pen' }], quote: 'say "hi"\n', 'a b': 1 },
  topic: 'orders',
};

describe('text', () => {
  test.each([
    ['{{ topic }}-{{payload.id}}', 'orders-A-17'],
    ['{{payload.n}}/{{payload.on}}', '2.5/false'],
    ['{{ payload.items[0].sku }} {{ payload.items.0.sku }}', 'pen pen'],
    ['{{ payload.items.length }}', '1'],
    ["{{ payload['a b'] }}", '1'],
    ['{{ payload.items }}', '[{"sku":"pen"}]'],
    ['no placeholder, { braces }', 'no placeholder, { braces }'],
  ])('%s', (text, expected) => expect(renderText(text, scope)).toBe(expected));

  test.each([
    ['{{ payload.missing }}', '{{ payload.missing }} has no value; check the path'],
    ['{{ payload.id.length }}', '{{ payload.id.length }} has no value; check the path'],
    ['{{ constructor }}', '{{ constructor }} has no value; check the path'],
    ['{{ payload.__proto__ }}', '{{ payload.__proto__ }} has no value; check the path'],
    ['{{ payload.none }}', '{{ payload.none }} is null, which cannot be part of a text'],
    ['{{}}', '{{  }} is not a path; write it as {{ path.to.value }}'],
    ['{{ a..b }}', '{{ a..b }} is not a path; write it as {{ path.to.value }}'],
    ['{{ a b }}', '{{ a b }} is not a path; write it as {{ path.to.value }}'],
  ])('%s is a fault', (text, message) => expect(() => renderText(text, scope)).toThrow(message));

  test('a value is not rendered again', () => {
    expect(renderText('{{ a }}', { a: '{{ b }}', b: 'no' })).toBe('{{ b }}');
  });
});

describe('JSON', () => {
  test.each([
    ['{"id":"{{ payload.id }}"}', '{"id":"A-17"}'],
    ['{"n":"{{ payload.n }}","on":"{{payload.on}}","none":"{{payload.none}}"}', '{"n":2.5,"on":false,"none":null}'],
    ['"{{ payload.items }}"', '[{"sku":"pen"}]'],
    ['{"t":"<{{ payload.quote }}>"}', '{"t":"<say \\"hi\\"\\n>"}'],
    ['{"{{ topic }}":1}', '{"orders":1}'],
    ['{"{{ payload.n }}" : 1}', '{"2.5" : 1}'],
    [`{"{{ payload.n }}"${' '.repeat(300)}: 1}`, `{"2.5"${' '.repeat(300)}: 1}`],
    ['{"open":"{{ topic }}', '{"open":"{{ topic }}'],
    ['{ "big": 9007199254740993, "t": "{{topic}}" }', '{ "big": 9007199254740993, "t": "orders" }'],
    ['{"a":"\\u007b\\u007b topic }}"}', '{"a":"\\u007b\\u007b topic }}"}'],
    ['{"nested":{"deep":["{{ payload.id }}!"]}}', '{"nested":{"deep":["A-17!"]}}'],
  ])('%s', (text, expected) => expect(renderJson(text, scope)).toBe(expected));

  test('a placeholder outside a string is a fault that says how to write it', () => {
    expect(() => renderJson('{"id": {{ payload.id }} }', scope)).toThrow('write "{{ path }}" with its quotes');
  });

  test('a missing path is a fault, and so is a value without JSON form', () => {
    expect(() => renderJson('{"id":"{{ payload.no }}"}', scope)).toThrow('has no value');
    expect(() => renderJson('{"id":"{{ f }}"}', { f: () => 1 })).toThrow('has no JSON form');
    expect(() => renderJson('{"id":"{{ n }}"}', { n: 1n })).toThrow('has no JSON form');
  });
});

test('a text that is nothing but one placeholder gives the value itself', () => {
  expect(renderValue(' {{ payload.items }} ', scope)).toEqual([{ sku: 'pen' }]);
  expect(renderValue('{{ topic }}{{ topic }}', scope)).toBe('ordersorders');
});

test('a long JSON text is rendered too, in time that grows with its length alone', () => {
  const long = JSON.stringify({
    x: 'x'.repeat(3e6),
    n: '\n'.repeat(1e6),
    blank: `{{${' '.repeat(1e5)}`,
    id: '{{ topic }}',
  });
  const started = performance.now();
  expect(JSON.parse(renderJson(long, scope)).id).toBe('orders');
  expect(performance.now() - started).toBeLessThan(20_000); // the square of its length would be hours
});

test('an editor can check placeholders without values', () => {
  expect(templateFault('{{ a.b[0] }} {{ c }}')).toBeNull();
  expect(templateFault('{{ a b }}')).toContain('is not a path');
});
