import { createServer } from 'node:net';
import { beforeAll, expect, jest, test } from '@jest/globals';
import { isFileName } from '../../../extension/hosts/fleet/submit/request.ts';
import { runProgram } from '../../support/run-program.ts';

jest.setTimeout(60_000);

let port = 0;

beforeAll(async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as { port: number }).port;
  await new Promise((resolve) => server.close(resolve));
});

test.each([
  [['submit', 'order', '--region', 'eu-west-1']],
  [['status']],
  [['tasks']],
  [['worker', '--until-empty']],
  [['dashboard', '--port', '0']],
])('a database that nobody answers for ends %j as an error of the connection', async (words) => {
  const env = { DATABASE_URL: `postgres://fleet:PASS-OF-FLEET@127.0.0.1:${port}/fleet` };
  const { code, stdout, stderr } = await runProgram(words, { env });
  expect([code, stdout]).toEqual([10, '']);
  expect(stderr).toContain(`127.0.0.1:${port}`);
  expect(stderr).toContain('ECONNREFUSED');
  expect(stderr).not.toContain('PASS-OF-FLEET');
});

test.each([
  ['order', false],
  ['order:$LATEST.PUBLISHED', false],
  ['order:7', false],
  ['order.json', true],
  ['./order', true],
  ['-', true],
])('%s is a file: %s', (word, isFile) => expect(isFileName(word)).toBe(isFile));
