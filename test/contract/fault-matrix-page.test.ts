import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

test('the page "Did my function run?" shows the matrix as it is tested', () => {
  const printed = execFileSync(process.execPath, ['build/derive/fault-matrix.mjs'], { encoding: 'utf8' });
  expect(readFileSync('docs/did-my-function-run.md', 'utf8')).toContain(printed);
});
