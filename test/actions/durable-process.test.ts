import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type DurableCall, type DurableServer, durableServer, type Fault } from '../support/durable-server.ts';
import { durableFields } from '../support/durable-task.ts';
import { eachOf } from '../support/network/run.ts';
import { cleanEnvironment, program, root } from '../support/run-program.ts';
import { assertValid } from '../support/schemas.ts';

let server: DurableServer;
let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'durable-'));
});
afterEach(async () => {
  await server.close();
  rmSync(home, { recursive: true, force: true });
});

/** A task in a process of its own. */
function begin(fields: object, directory = home) {
  const [command, ...words] = program();
  const env = { ...cleanEnvironment(), HOME: directory };
  const child = spawn(command, [...words, 'run'], { cwd: root, env });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  child.stdin.on('error', () => {}); // it may be killed before it reads
  child.stdin.end(JSON.stringify(fields));
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, ended };
}

/** Resolves when the condition holds. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

function documentOf(stdout: string) {
  const document = JSON.parse(stdout);
  assertValid('extension-output', document);
  return document;
}

describe('a task that is killed', () => {
  test('at any moment, and started again, leads to one execution and its result', async () => {
    const moments = Array.from({ length: 50 }, (_, index) => index * 16);
    server = await durableServer({
      live(execution, { end }) {
        if (Date.now() - execution.startedAt > 1000) end(execution, 'SUCCEEDED', `"${execution.name}"`);
      },
    });
    const attempt = async (moment: number): Promise<void> => {
      const fields = durableFields(server, { durable_execution_name: `kill-${moment}` });
      const first = begin(fields);
      await new Promise((resolve) => setTimeout(resolve, moment));
      first.child.kill('SIGKILL');
      await first.ended;
      const { code, stdout } = await begin(fields).ended;
      expect({ moment, code }).toEqual({ moment, code: 0 });
      expect(documentOf(stdout).result).toMatchObject({ execution: 'completed', payload: `"kill-${moment}"` });
      expect(server.executions.filter(({ name }) => name === `kill-${moment}`)).toHaveLength(1);
    };
    await eachOf(moments, 10, attempt);
    expect(server.executions).toHaveLength(50);
  }, 240_000);

  test('after cuts, throttling and keys that expire, and resumed from another home, brings the one result', async () => {
    const keys = join(home, 'keys.json');
    const write = (id: string) =>
      writeFileSync(keys, JSON.stringify({ ACCESS_KEY_ID: id, SECRET_ACCESS_KEY: 'EXAMPLE-SECRET-KEY' }));
    write('AKIDOLD');
    const faults: Readonly<Record<number, Fault>> = {
      1: { cut: 'unread' },
      2: { refuse: [429, 'TooManyRequestsException'], retryAfter: 2 },
      3: { cut: 120 },
      5: { refuse: [403, 'ExpiredTokenException'] },
    };
    let reads = 0;
    const signers: string[] = [];
    server = await durableServer({
      fault(call: DurableCall) {
        if (call.operation === 'Invoke') return { cut: 60 };
        if (call.operation !== 'Get' && call.operation !== 'History') return null;
        signers.push(call.signer);
        reads += 1;
        if (reads === 5) write('AKIDNEW');
        return faults[reads] ?? null;
      },
      live(execution, { end }) {
        if (reads > 9) end(execution, 'SUCCEEDED', '{"ok":true}');
      },
    });
    const fields = durableFields(server, { credentials: { from: `file:${keys}` } });
    const first = begin(fields);
    await until(() => reads >= 6);
    first.child.kill('SIGKILL');
    const killed = await first.ended;
    expect(killed.stderr).toContain('Durable execution order-7 is RUNNING');
    const elsewhere = mkdtempSync(join(tmpdir(), 'elsewhere-'));
    const { code, stdout } = await begin(fields, elsewhere).ended;
    rmSync(elsewhere, { recursive: true });
    expect(code).toBe(0);
    expect(documentOf(stdout).result).toMatchObject({
      ...{ execution: 'completed', payload_json: { ok: true } },
      durable: { resumed: true, status: 'SUCCEEDED' },
    });
    expect([server.executions.length, server.count('Invoke')]).toEqual([1, 1]);
    expect(signers.slice(0, 5)).toEqual(Array(5).fill('AKIDOLD'));
    expect(signers[5]).toBe('AKIDNEW');
  }, 120_000);
});

test.each<['SIGTERM' | 'SIGINT', string, string]>([
  ['SIGTERM', 'Stop', 'STOPPED'],
  ['SIGINT', 'Leave Running', 'RUNNING'],
])(
  '%s with on_cancel %s',
  async (signal, choice, status) => {
    server = await durableServer();
    const { child, ended } = begin(durableFields(server, { on_cancel: choice }));
    await until(() => server.count('Get') > 0);
    child.kill(signal);
    const { code, stdout } = await ended;
    expect(code).toBe(22);
    expect(documentOf(stdout)).toMatchObject({ changed: true, result: { execution: 'accepted', durable: { status } } });
    expect(server.executions[0]?.status).toBe(status);
  },
  30_000,
);
