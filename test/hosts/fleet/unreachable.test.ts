import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { isFileName } from '../../../extension/hosts/fleet/submit/request.ts';
import { closedPort } from '../../support/network/listener.ts';
import { runProgram } from '../../support/run-program.ts';

jest.setTimeout(60_000);

const env = { DATABASE_URL: `postgres://fleet:PASS-OF-FLEET@127.0.0.1:${closedPort}/fleet` };

test.each([
  [['submit', 'order', '--region', 'eu-west-1']],
  [['status']],
  [['tasks']],
  [['worker', '--until-empty']],
  [['dashboard', '--port', '0']],
])('a database that nobody answers for ends %j as an error of the connection', async (words) => {
  const { code, stdout, stderr } = await runProgram(words, { env });
  expect([code, stdout]).toEqual([10, '']);
  expect(stderr).toContain(`127.0.0.1:${closedPort}`);
  expect(stderr).toContain('ECONNREFUSED');
  expect(stderr).not.toContain('PASS-OF-FLEET');
});

test.each([
  [['submit', 'order', '--region', 'eu-west-1']],
  [['tasks']],
  [['worker', '--until-empty']],
  [['dashboard', '--port', '0']],
])('an address that names no database ends %j as wrong input', async (words) => {
  const { code, stdout, stderr } = await runProgram(words, {
    env: { DATABASE_URL: 'mysql://fleet:PASS-OF-FLEET@db/x' },
  });
  expect([code, stdout]).toEqual([20, '']);
  expect(stderr).toContain('DATABASE_URL is not the URL of a PostgreSQL');
  expect(stderr).not.toContain('PASS-OF-FLEET');
});

const folder = mkdtempSync(join(tmpdir(), 'submit-'));
function fileOf(name: string, content: string): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}
const misspelt = fileOf('task.json', '{"function_name": "order", "regoin": "eu-west-1"}');
const lines = fileOf('lines.ndjson', '{}\n');
const noFlow = fileOf('flow.yaml', 'name: nightly\ntasks: {a: {needs: [b], fields: {function_name: order}}}');

test.each([
  [['submit', misspelt], 'did you mean region?'],
  [['submit', misspelt, '--each', lines], 'did you mean region?'],
  [['submit', noFlow], 'b'],
  [['submit', noFlow, '--each', lines], '--each needs the fields of one task'],
  [['submit', join(folder, 'none.json')], 'none.json'],
  [['schedule', 'add', 'nightly', misspelt, '--cron', '0 4 * * *'], 'did you mean region?'],
])('what is wrong is said before the database is asked for: %j', async (words, reason) => {
  const { code, stdout, stderr } = await runProgram(words, { env });
  expect([code, stdout]).toEqual([20, '']);
  expect(stderr).toContain(reason);
  expect(stderr).not.toContain('127.0.0.1');
});

test.each([
  ['order', false],
  ['order:$LATEST.PUBLISHED', false],
  ['order:7', false],
  ['order.json', true],
  ['./order', true],
  ['-', true],
])('%s is a file: %s', (word, isFile) => expect(isFileName(word)).toBe(isFile));
