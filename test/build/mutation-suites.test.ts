import { existsSync } from 'node:fs';
import { expect, test } from '@jest/globals';
// @ts-expect-error a build script without types
import { shared, suites } from '../../build/dev/mutation/suites.mjs';
import { root } from '../support/run-program.ts';

const tests = suites as Readonly<Record<string, readonly { readonly file: string }[]>>;
const files = Object.values(tests).flatMap((suite) => suite.map(({ file }) => file));

test.each([...new Set<string>([...Object.keys(tests), ...shared, ...files])])(
  '%s, which the mutation tester names, is there',
  (path) => {
    expect(existsSync(root + path)).toBe(true);
  },
);
