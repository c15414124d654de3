import { describe, expect, test } from '@jest/globals';
import { RawJson } from '../../../../extension/hosts/fleet/flow/raw-json.ts';
import { rendered } from '../../../../extension/hosts/fleet/flow/template.ts';
import { random } from '../../../support/random.ts';

const document = new RawJson(
  ' {"a": [ 9007199254740993 , -0.10e+5,{"b\\"]": "x]}\\\\"}] ,"twice":1,"e\\u00e9":[[],{}],"twice":{"n":null},"":0,"constructor":"own"}\n',
);

describe('a value of a JSON text', () => {
  test.each<readonly [readonly string[], string | undefined]>([
    [['a', '0'], '9007199254740993'],
    [['a', '1'], '-0.10e+5'],
    [['a', '2', 'b"]'], '"x]}\\\\"'],
    [['a'], '[ 9007199254740993 , -0.10e+5,{"b\\"]": "x]}\\\\"}]'],
    [['twice'], '{"n":null}'],
    [['twice', 'n'], 'null'],
    [['eé', '0'], '[]'],
    [['eé', '1'], '{}'],
    [[''], '0'],
    [['constructor'], '"own"'],
    [['__proto__'], undefined],
    [['toString'], undefined],
    [['a', 'length'], undefined],
    [['a', '-1'], undefined],
    [['a', '01'], undefined],
    [['a', '3'], undefined],
    [['a', '99999999999999999999999'], undefined],
    [['a', '0', 'x'], undefined],
    [['eé', '0', '0'], undefined],
    [['eé', '1', 'x'], undefined],
    [['twice', 'n', '0'], undefined],
  ])('%j is %s', (steps, text) => {
    expect(document.at(steps)).toBe(text);
  });

  test('of any document, as JSON.parse finds it', () => {
    const { number } = random();
    const next = () => number(1_000_000) / 1_000_000;
    const value = (depth: number): unknown => {
      const kind = Math.floor(next() * (depth > 3 ? 4 : 6));
      if (kind === 4) return Array.from({ length: Math.floor(next() * 4) }, () => value(depth + 1));
      if (kind === 5)
        return Object.fromEntries(
          ['a', 'b"', '\\', '{}[],:', ''].filter(() => next() < 0.6).map((key) => [key, value(depth + 1)]),
        );
      return [next() * 1e9, `"\\]},{:[${next()}`, null, next() < 0.5][kind];
    };
    const check = (raw: RawJson, inner: unknown, steps: readonly string[]): void => {
      expect(JSON.parse(raw.at(steps) as string)).toEqual(inner);
      expect(raw.at([...steps, 'no'])).toBeUndefined();
      if (typeof inner === 'object' && inner !== null) {
        for (const [key, child] of Object.entries(inner)) check(raw, child, [...steps, key]);
      }
    };
    for (let round = 0; round < 300; round += 1) {
      const whole = value(0);
      check(new RawJson(JSON.stringify(whole, null, Math.floor(next() * 3))), whole, []);
    }
  });

  test('that is nested deeper than a stack', () => {
    const depth = 1_000_000;
    const raw = new RawJson(`{"deep":${'['.repeat(depth)}${']'.repeat(depth)},"after":1}`);
    expect(raw.at(['after'])).toBe('1');
  });
});

describe('the fields of a task', () => {
  const render = (fields: Readonly<Record<string, unknown>>, value = '"v"') => rendered(fields, () => value);

  test('literal fields, escapes, keys and what is no template stay', () => {
    const fields = {
      ...{ endpoint_url: 'http://{{ a.b }}', credentials: { from: 'env:{{ a.b }}' }, response_file: '{{ a.b }}' },
      ...{ region: 'x', max_attempts: 3, tenant_id: '{ { a } } {{', unknown_field: '{{ a.b }}' },
    };
    expect(render(fields)).toEqual(fields);
    expect(render({ tenant_id: '\\{{ a.b }} {{a.b}}' })).toEqual({ tenant_id: '{{ a.b }} v' });
    expect(render({ payload_script: '{"{{ a.b }}": ["\\\\{{ a.b }}", "x {{ a.b }}", "{{ a.b }}", 1.0]}' })).toEqual({
      payload_script: '{"v": ["{{ a.b }}", "x v", "v", 1.0]}',
    });
  });

  test('a value cannot leave its string, nor become a template', () => {
    const evil = JSON.stringify('", "admin": true, "x": "{{ a.b }}\u0000\\');
    const { payload_script } = render({ payload_script: '{"a": "say {{ a.b }}"}' }, evil) as { payload_script: string };
    expect(JSON.parse(payload_script)).toEqual({ a: `say ${JSON.parse(evil)}` });
  });

  test('templates that multiply a value have a bound', () => {
    const payload_script = JSON.stringify(Array.from({ length: 40 }, () => '{{ a.b }}'));
    const large = JSON.stringify('x'.repeat(2 ** 20));
    expect(() => render({ payload_script }, large)).toThrow(/^payload_script: .* more than 32 MB together$/);
  });
});
