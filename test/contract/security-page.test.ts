import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { root } from '../support/run-program.ts';

const page = readFileSync(join(root, 'SECURITY.md'), 'utf8');

test('every test that SECURITY.md names exists', () => {
  const named = [...page.matchAll(/\btest\/[\w./-]+\.test\.ts/g)].map(([path]) => path);
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test('every attack in its tables has an answer and a test', () => {
  const rows = page.split('\n').filter((line) => /^\| (?!attack|secret|-)/.test(line) && /test\//.test(line));
  for (const row of rows) expect(row.split('|').slice(1, -1)).toHaveLength(3);
  const attacks = page.split('\n## ').filter((part) => part.includes('| attack |'));
  for (const part of attacks) {
    const unproved = part.split('\n').filter((line) => /^\| (?!attack)/.test(line) && !/\.test\.ts/.test(line));
    expect(unproved).toEqual([]);
  }
});
