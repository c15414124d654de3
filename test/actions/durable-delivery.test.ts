import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { withFullLog } from '../../extension/actions/trigger-lambda-function/with-full-log.ts';
import { openSession } from '../../extension/aws/session.ts';
import { execute } from '../../extension/execute.ts';
import { processPorts } from '../../extension/hosts/process/ports.ts';
import type { InvokeResult } from '../../extension/outcome/answer.ts';
import type { Outcome } from '../../extension/outcome/outcome.ts';
import { toOutput } from '../../extension/output.ts';
import type { TaskOf } from '../../extension/task/task.ts';
import { durableServer } from '../support/durable-server.ts';
import { durableFields, runDurable } from '../support/durable-task.ts';
import { logsServer } from '../support/logs-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'durable-delivery-'));
afterEach(() => {
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
});

test('the result of a durable execution goes into response_file', async () => {
  const path = join(folder, 'answer');
  const server = await durableServer({
    now: () => Date.now(),
    live: (execution, control) => control.end(execution, 'SUCCEEDED', '{"ok":true}'),
  });
  const { output } = await runDurable(server, { response_file: path }, { clock: processPorts.clock });
  await server.close();
  expect(output).toMatchObject({
    exit_code: 0,
    result: { payload: null, payload_saved: { path, bytes: 11, json: true }, durable: { status: 'SUCCEEDED' } },
  });
  expect(readFileSync(path, 'utf8')).toBe('{"ok":true}');
  expect(output.result.trace_id).toMatch(/^1-/);
});

test.each([
  ['every invocation', 2, true],
  ['one invocation, and not the other', 1, false],
])('the log of a durable execution is that of %s', async (_name, logged, isComplete) => {
  const startedAt = Date.now() - 7_200_000; // before this task
  const lines = (id: string) => [`START RequestId: ${id} Version: 1`, `print of ${id}`, `REPORT RequestId: ${id}\tx`];
  const events = ['first', 'second']
    .slice(0, logged)
    .flatMap((id, run) =>
      lines(id).map((message) => ({ stream: `s${run}`, timestamp: startedAt + 60_000 * run, message })),
    );
  const server = await logsServer({ events: () => events });
  const answer: InvokeResult = {
    ...{ kind: 'invoke', statusCode: 200, payload: null, log: null, report: null },
    ...{ executedVersion: '1', functionError: null, durableExecutionArn: 'arn' },
    durable: {
      ...{ name: 'order-7', arn: 'arn', status: 'SUCCEEDED', startedAt, endedAt: null, waitingFor: [] },
      ...{ invocations: ['first', 'second'], resumed: true },
    },
  };
  const outcome: Outcome = {
    ...{ status: 'SUCCESS', detail: 'done', execution: 'completed', attempts: 1, requestId: 'start' },
    ...{ answer, errors: null, fields: null },
  };
  const silent = { error() {}, warn() {}, info() {}, debug() {} };
  const raw = durableFields(server, { log_type: 'Full', full_log_wait: 1 });
  const ports = { ...processPorts, environment: {}, openSession, log: silent, signal: new AbortController().signal };
  const found = await execute(raw, ports, (task, context) => {
    const asked = task as TaskOf<'Trigger Lambda Function'>;
    return withFullLog(asked, asked.delivery.fullLog ?? { wait: 0 }, context, async () => outcome);
  });
  await server.close();
  const { result } = JSON.parse(toOutput(raw, found));
  expect(result.log_complete).toBe(isComplete);
  expect(result.log_result).toBe(
    ['first', 'second']
      .slice(0, logged)
      .flatMap(lines)
      .map((line) => `${line}\n`)
      .join(''),
  );
});

test('Streamed is refused with wait_for_durable_execution, and Full is not', async () => {
  const server = await durableServer({ now: () => Date.now() });
  const { output } = await runDurable(server, {
    response_mode: 'Streamed',
    log_type: 'Full',
    durable_execution_name: null,
  });
  await server.close();
  expect(output.result.error).toMatchObject([{ field: 'response_mode' }]);
});
