// `@jest/globals` for tests that are chosen one by one: collects them, and does not run them.
import { format } from 'node:util';
import { expect } from 'expect';

/** Where a test belongs, with what runs before and after it. */
const scope = (name, parent, isSkipped) => ({
  ...{ name, parent, isSkipped, beforeAll: [], beforeEach: [], afterEach: [], afterAll: [], begun: null },
});

let current = scope('', null, false);
let collected = [];

/** The tests of the modules that `load` imports. */
export async function collect(load) {
  collected = [];
  current = scope('', null, false);
  await load();
  return collected;
}

function describeIn(isSkipped) {
  const describe = (name, body) => {
    const outer = current;
    current = scope(`${outer.name} ${name}`.trim(), outer, outer.isSkipped || isSkipped);
    body();
    current = outer;
  };
  describe.each = each(describe);
  return describe;
}

function testIn(isSkipped) {
  const test = (name, body) => {
    if (isSkipped || current.isSkipped) return;
    collected.push({ name: `${current.name} ${name}`.trim(), body, scope: current });
  };
  test.each = each(test);
  return test;
}

const each = (define) => (table) => (name, body, timeout) => {
  const isTable = table.every(Array.isArray);
  for (const [index, row] of table.entries()) {
    const values = isTable ? row : [row];
    const places = name.match(/%[sdifjop#]/g)?.length ?? 0;
    const shown = values.slice(0, places).map((value) => (value instanceof Error ? String(value) : value));
    const title = places === 0 ? name : format(name.replaceAll('%#', String(index)), ...shown);
    define(title, () => body(...values), timeout);
  }
};

export const describe = Object.assign(describeIn(false), { skip: describeIn(true) });
export const test = Object.assign(testIn(false), { skip: testIn(true) });
export const it = test;

const hook = (name) => (body) => void current[name].push(body);
export const beforeAll = hook('beforeAll');
export const beforeEach = hook('beforeEach');
export const afterEach = hook('afterEach');
export const afterAll = hook('afterAll');

export const jest = { setTimeout() {} };
export { expect };
