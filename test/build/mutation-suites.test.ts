import { existsSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { shared, suites } from '../../build/dev/mutation/suites.mjs';
import { root } from '../support/run-program.ts';

const folders = Object.keys(suites);
const files = Object.values(suites).flatMap((suite) => suite.map(({ file }) => file));

test.each([...new Set([...folders, ...shared, ...files])])('%s, which the mutation tester names, is there', (path) => {
  expect(existsSync(root + path)).toBe(true);
});
