import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { start as startLocal } from '../../local/support/local.ts';
import { closedAfterEach } from '../../support/closed-after-each.ts';
import { baseFields } from '../../support/network/cells.ts';
import { type Fields, runInside, runProcess } from '../../support/network/run.ts';
import { type ReceivedRequest, refusal, startTarget, success } from '../../support/network/target.ts';

const keep = closedAfterEach();

function calm(url: string, more: Fields = {}): Fields {
  return { ...baseFields(url), connect_timeout: 10, wait_for_completion_timeout: 20, max_attempts: 3, ...more };
}

/** A server that gives the answers in turn, and the usual one when they are used up. */
async function answering(...answers: readonly string[]) {
  const left = [...answers];
  return keep(await startTarget({ answer: (request: ReceivedRequest) => left.shift() ?? success(request) }));
}

const throttle = (headers = '') => refusal(429, 'TooManyRequestsException', 'Rate Exceeded.', headers);

describe('a throttled call', () => {
  test('is made again, and succeeds', async () => {
    const target = await answering(throttle(), throttle());
    const { output } = await runInside(calm(`http://127.0.0.1:${target.port}`));
    expect(output).toMatchObject({ exit_code: 0, result: { execution: 'completed', attempts: 3 } });
    expect(target.received()).toBe(3);
  });

  test('waits as long as Retry-After says', async () => {
    const target = await answering(throttle('Retry-After: 1\r\n'));
    const { output, took } = await runInside(calm(`http://127.0.0.1:${target.port}`));
    expect(output).toMatchObject({ exit_code: 0, result: { attempts: 2 } });
    expect(took).toBeGreaterThanOrEqual(1000);
  });

  test('is given up when Retry-After lies beyond the deadline', async () => {
    const target = await answering(throttle('Retry-After: 3600\r\n'));
    const { output } = await runInside(calm(`http://127.0.0.1:${target.port}`));
    expect(output).toMatchObject({ exit_code: 1, result: { execution: 'not_started', attempts: 1 } });
    expect(output.status_description).toBe('FAIL: TooManyRequestsException: Rate Exceeded.');
    expect(target.received()).toBe(1);
  });

  test('ends after max_attempts: exit 1, not started', async () => {
    const target = await answering(throttle(), throttle(), throttle());
    const { output } = await runInside(calm(`http://127.0.0.1:${target.port}`));
    expect(output).toMatchObject({ exit_code: 1, changed: false, result: { execution: 'not_started', attempts: 3 } });
    expect(target.received()).toBe(3);
  });

  test('is not made again with max_attempts 1', async () => {
    const target = await answering(throttle());
    const { output } = await runInside(calm(`http://127.0.0.1:${target.port}`, { max_attempts: 1 }));
    expect(output).toMatchObject({ exit_code: 1, result: { attempts: 1 } });
    expect(target.received()).toBe(1);
  });

  test('takes a fresh connection, since an old one may be closing', async () => {
    const target = await answering(throttle());
    const { output } = await runInside(calm(`http://127.0.0.1:${target.port}`));
    expect(output).toMatchObject({ exit_code: 0, result: { attempts: 2 } });
    expect(target.connections()).toBe(2);
  });
});

describe('what could have run is never sent twice', () => {
  const html = '<html>Service Unavailable</html>';
  const page = `HTTP/1.1 503 No\r\ncontent-type: text/html\r\ncontent-length: ${html.length}\r\n\r\n${html}`;
  const answers: [string, string, { exit: number; execution: string }][] = [
    ['500 ServiceException', refusal(500, 'ServiceException'), { exit: 1, execution: 'unknown' }],
    ['503 ServiceUnavailable', refusal(503, 'ServiceUnavailableException'), { exit: 1, execution: 'unknown' }],
    ['504 without a name', refusal(504, ''), { exit: 1, execution: 'unknown' }],
    ['an unknown 502', refusal(502, 'NobodyKnowsException'), { exit: 1, execution: 'unknown' }],
    ['410 EFSIOException', refusal(410, 'EFSIOException'), { exit: 1, execution: 'unknown' }],
    ['502 ENILimitReached', refusal(502, 'ENILimitReachedException'), { exit: 1, execution: 'not_started' }],
    ['403 EFSMountFailure', refusal(403, 'EFSMountFailureException'), { exit: 1, execution: 'not_started' }],
    ['403 ExpiredToken', refusal(403, 'ExpiredTokenException'), { exit: 2, execution: 'not_started' }],
    ['404', refusal(404, 'ResourceNotFoundException'), { exit: 1, execution: 'not_started' }],
    ['a 503 page of something in between', page, { exit: 10, execution: 'unknown' }],
  ];
  const environment = { AWS_MAX_ATTEMPTS: '5', AWS_RETRY_MODE: 'adaptive' };

  test.each(answers)('%s', async (_, answer, { exit, execution }) => {
    const target = await answering(answer, answer, answer, answer, answer);
    const { output } = await runProcess(calm(`http://127.0.0.1:${target.port}`), { env: environment });
    expect(output).toMatchObject({ exit_code: exit, changed: false, result: { execution, attempts: 1 } });
    expect(target.received()).toBe(1);
  });

  test('max_attempts in ~/.aws/config does not loosen it either', async () => {
    const HOME = mkdtempSync(join(tmpdir(), 'home-'));
    mkdirSync(join(HOME, '.aws'));
    writeFileSync(join(HOME, '.aws', 'config'), '[default]\nmax_attempts = 5\nretry_mode = adaptive\n');
    const target = keep(await startTarget({ stage: 'response headers', fault: 'reset' }));
    const { output } = await runProcess(calm(`http://127.0.0.1:${target.port}`), { env: { HOME, ...environment } });
    expect(output).toMatchObject({ exit_code: 10, result: { execution: 'unknown', attempts: 1 } });
    expect(target.received()).toBe(1);
  });

  test.each([
    ['ECONNREFUSED', { code: 'ECONNREFUSED' }],
    ['CredentialsProviderError', { name: 'CredentialsProviderError', code: 'ETIMEDOUT' }],
  ])('an error body that poses as %s is still an answer', async (_, body) => {
    const text = JSON.stringify({ message: 'no', ...body });
    const answer = `HTTP/1.1 500 No\r\nx-amzn-requestid: 1\r\ncontent-length: ${text.length}\r\n\r\n${text}`;
    const target = await answering(answer, answer, answer);
    const { output } = await runInside(calm(`http://127.0.0.1:${target.port}`));
    expect(output).toMatchObject({ exit_code: 1, result: { execution: 'unknown', attempts: 1 } });
    expect(target.received()).toBe(1);
  });
});

describe('an answer that is none of AWS', () => {
  const portal = (status: string, type: string, body: string) =>
    `HTTP/1.1 ${status}\r\ncontent-type: ${type}\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

  test.each([
    ['a login page', 'Request Response', portal('200 OK', 'text/html', '<html>Log in</html>')],
    ['a login page for an Event', 'Event', portal('200 OK', 'text/html', '<html>Log in</html>')],
    ['a plain "ok" for an Event', 'Event', portal('200 OK', 'text/plain', 'ok')],
    [
      'a redirect',
      'Request Response',
      'HTTP/1.1 302 Found\r\nlocation: http://x.invalid/\r\ncontent-length: 0\r\n\r\n',
    ],
    [
      'a body without end',
      'Request Response',
      'HTTP/1.1 200 OK\r\nx-amzn-requestid: 1\r\nconnection: close\r\n\r\n{"half',
    ],
  ])('%s: exit 10, unknown', async (_, invocation_type, answer) => {
    const target = await answering(answer);
    const { output } = await runInside({
      ...calm(`http://127.0.0.1:${target.port}`, { invocation_type }),
      wait_for_completion_timeout: 2,
    });
    expect([10, 21]).toContain(output.exit_code);
    expect(output).toMatchObject({ changed: false, result: { execution: 'unknown' } });
  });
});

describe('a clock that is wrong', () => {
  test.each([20, -20])('by %i minutes is corrected by exactly one retry', async (minutes) => {
    const local = keep(await startLocal({ now: () => Date.now() + minutes * 60_000 }));
    const { output } = await runInside(calm(local.url, { function_name: 'mirror' }));
    expect(output).toMatchObject({ exit_code: 0, result: { execution: 'completed', attempts: 2 } });
    expect(local.executions()).toBe(1);
  });

  test('a wrong secret is not retried', async () => {
    const local = keep(await startLocal());
    const credentials = { user: 'local', password: 'wrong' };
    const { output } = await runInside(calm(local.url, { function_name: 'mirror', credentials }));
    expect(output).toMatchObject({ exit_code: 2, result: { execution: 'not_started', attempts: 1 } });
    expect(local.executions()).toBe(0);
  });

  test('a server whose clock jumps is retried once, not for ever', async () => {
    const date = new Date(Date.now() + 3_600_000).toUTCString();
    const answer = refusal(403, 'InvalidSignatureException', 'Signature expired', `Date: ${date}\r\n`);
    const target = await answering(answer, answer, answer);
    const { output } = await runInside(calm(`http://127.0.0.1:${target.port}`));
    expect(output).toMatchObject({ exit_code: 2, result: { execution: 'not_started', attempts: 2 } });
  });
});
