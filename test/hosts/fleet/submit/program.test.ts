import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { openDatabase } from '../../../../extension/hosts/fleet/database/open.ts';
import { ensureQueue } from '../../../../extension/hosts/fleet/database/queue.ts';
import { toSettled } from '../../../../extension/hosts/fleet/job/document.ts';
import { unknownOutcome } from '../../../../extension/outcome/failure.ts';
import { type Postgres, postgresPrograms, startPostgres, withoutPostgres } from '../../../support/postgres.ts';
import { cleanEnvironment, program, runProgram } from '../../../support/run-program.ts';
import { assertValid } from '../../../support/schemas.ts';
import { type ScriptedServer, scriptedServer } from '../../../support/scripted-server.ts';
import { until } from '../../../support/until.ts';

const silent = { error() {}, warn() {}, info() {}, debug() {} };
/** Of a task that has ended well, with what somebody has put in its place. */
const settledAs = (changed: object) =>
  JSON.stringify({ ...toSettled({}, unknownOutcome('x'), 1), exit_code: 0, execution: 'completed', ...changed });

const kinds = ['the embedded database', 'PostgreSQL'] as const;
const usable = kinds.filter((kind) => kind !== 'PostgreSQL' || postgresPrograms !== null);
if (usable.length < kinds.length) process.stderr.write(`${withoutPostgres}\n`);

// The machine may be busy, and each test starts many programs.
jest.setTimeout(180_000);

describe.each(usable)('on %s', (kind) => {
  const folder = mkdtempSync(join(tmpdir(), 'ue-jobs-'));
  let postgres: Postgres | null = null;
  let server: ScriptedServer;
  let env: Record<string, string> = {};

  beforeAll(async () => {
    postgres = kind === 'PostgreSQL' ? await startPostgres() : null;
    server = await scriptedServer({ body: '{"ok":1,"n":12345678901234567890}' });
    env = {
      XDG_DATA_HOME: folder,
      AWS_ENDPOINT_URL: server.url,
      LAMBDA_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      LAMBDA_SECRET_ACCESS_KEY: 'EXAMPLE-SECRET-KEY',
      ...(postgres && { DATABASE_URL: postgres.url }),
    };
  }, 60_000);

  afterAll(async () => {
    await server.close();
    await postgres?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (words: readonly string[], input = '') => runProgram(words, { input, env });
  const file = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const fields = { function_name: 'order', region: 'eu-west-1', credentials: { from: 'env:LAMBDA' } };
  const work = (...words: string[]) => run(['worker', '--until-empty', ...words]);
  const lines = (text: string) =>
    text
      .trim()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));

  test('a task runs, and its document is that of run', async () => {
    const task = file('task.json', JSON.stringify(fields));
    const submitted = await run(['submit', task, '--payload', '{"a":1,"a":2}']);
    expect([submitted.code, submitted.stderr]).toEqual([0, expect.not.stringContaining('ERROR')]);
    const id = submitted.stdout.trim();
    const early = await run(['results', id]);
    expect([early.code, early.stderr]).toEqual([1, expect.stringContaining('has not ended: it is waiting')]);
    const worked = await work();
    expect([worked.code, worked.stderr]).toEqual([0, expect.any(String)]);
    expect(server.received.at(-1)?.body.toString()).toBe('{"a":1,"a":2}');
    const { stdout, code } = await run(['results', id]);
    expect(code).toBe(0);
    const document = JSON.parse(stdout);
    assertValid('extension-output', document);
    expect(document).toMatchObject({ exit_code: 0, result: { execution: 'completed' } });
    expect(stdout).toContain('"payload_json": {"ok":1,"n":12345678901234567890}\n');
    const status = JSON.parse((await run(['status', id, '--json'])).stdout);
    expect(status).toMatchObject({ state: 'completed', execution: 'completed', exit_code: 0, function: 'order' });
  });

  test('the same key is the same task; for another task it is refused', async () => {
    const task = file('task.json', JSON.stringify(fields));
    const twice = [
      await run(['submit', task, '--key', 'k', '--json']),
      await run(['submit', task, '--key', 'k', '--json']),
    ];
    const [first, second] = twice.map(({ stdout }) => JSON.parse(stdout));
    expect([first.existed, second]).toEqual([false, { ...first, existed: true }]);
    const other = await run(['submit', task, '--key', 'k', '--payload', '7']);
    expect([other.code, other.stdout, other.stderr]).toEqual([
      20,
      '',
      expect.stringContaining('--key: was used before'),
    ]);
    await run(['cancel', first.id]);
  });

  test('every violation is told at once, and nothing is submitted', async () => {
    const bad = { ...fields, region: 'Mars', credentials: { user: 'AKIDEXAMPLE', password: 'S3CRET' }, log_file: 'x' };
    const { code, stdout, stderr } = await run(['submit', '-'], JSON.stringify(bad));
    expect([code, stdout]).toEqual([20, '']);
    for (const field of ['region', 'credentials', 'log_file']) expect(stderr).toContain(`${field}: `);
    expect(stderr).not.toContain('S3CRET');
  });

  test('inline secrets are stored encrypted, and a worker without the key starts nothing', async () => {
    const key = 'A'.repeat(43);
    const inline = { ...fields, credentials: { user: 'AKIDEXAMPLE', password: 'S3CRET-OF-TASK' } };
    const words = ['submit', '-', '--allow-inline-secrets'];
    const refused = await run(words, JSON.stringify(inline));
    expect([refused.code, refused.stderr]).toEqual([20, expect.stringContaining('--secret-key-file')]);
    const path = file('key', `${key}=\n`);
    const { stdout } = await run([...words, '--secret-key-file', path], JSON.stringify(inline));
    const before = server.received.length;
    await work();
    const result = JSON.parse((await run(['results', stdout.trim()])).stdout);
    expect(result).toMatchObject({ exit_code: 20, result: { execution: 'not_started' } });
    expect(result.result.error[0].message).toMatch(/key [0-9a-f]{12}|no key/);
    const again = await run(['retry', stdout.trim()]);
    expect(again.code).toBe(0);
    await work('--secret-key-file', path);
    const repeated = JSON.parse((await run(['results', again.stdout.trim()])).stdout);
    expect(repeated).toMatchObject({ exit_code: 0, result: { execution: 'completed' } });
    expect(server.received.length).toBe(before + 1);
  });

  test('a batch with bad lines is refused with their numbers, and nothing is half-submitted', async () => {
    const waiting = async () => (await run(['tasks', '--state', 'waiting'])).stdout;
    const before = await waiting();
    const task = file('task.json', JSON.stringify({ ...fields, response_file: '/tmp/out.json' }));
    const shared = await run(['submit', task, '--each', '-'], '{}\n');
    expect([shared.code, shared.stderr]).toEqual([20, expect.stringContaining('response_file: would be the same')]);
    const text = ['{"a":1}', '', '{bad', '"ok"', `"${'x'.repeat(6 * 2 ** 20)}"`, '\ufffd7'].join('\n');
    const { code, stdout, stderr } = await run(
      ['submit', file('fields.json', JSON.stringify(fields)), '--each', '-'],
      text,
    );
    expect([code, stdout]).toEqual([20, '']);
    expect(stderr).toContain('line 3: the payload must be valid JSON');
    expect(stderr).toContain('line 5: the payload has more than the 6,291,456 bytes');
    expect(stderr).toContain('line 6: ');
    expect(stderr).not.toContain('line 4');
    expect(await waiting()).toBe(before);
  });

  test('a batch: results in the order of its lines, cancel, retry, and the same key', async () => {
    const task = file('fields.json', JSON.stringify(fields));
    const each = file('each.ndjson', Array.from({ length: 1200 }, (_, line) => `{"line":${line + 1}}\n\n`).join(''));
    const words = ['submit', task, '--each', each, '--key', 'batch', '--json', '--queue', 'batch'];
    const { stdout, code } = await run(words);
    expect(code).toBe(0);
    const { batch, tasks, existed } = JSON.parse(stdout);
    expect([tasks, existed]).toEqual([1200, false]);
    expect(JSON.parse((await run(words)).stdout)).toEqual({ batch, tasks, existed: true, queue: 'batch' });
    const other = await run(['submit', task, '--each', '-', ...words.slice(4)], '{"line":1}\n\n{"line":7}\n');
    expect([other.code, other.stderr]).toEqual([20, expect.stringContaining('line 3 was another one')]);

    expect((await run(['cancel', batch])).code).toBe(0);
    const failed = lines((await run(['results', batch, '--failed'])).stdout);
    expect(failed.map(({ label }) => Number(label))).toEqual(Array.from({ length: 1200 }, (_, line) => 2 * line + 1));
    assertValid('extension-output', failed[7].output);
    expect(failed[7]).toMatchObject({ state: 'cancelled', execution: 'not_started', exit_code: 22, function: 'order' });

    const repeated = await run(['retry', batch]);
    expect(repeated.stdout.trim().split('\n')).toHaveLength(1200);
    const twice = await run(['retry', batch]);
    expect(twice.stderr).toContain('1,200 not submitted again: not ended yet');
    const waited = run(['submit', task, '--each', each, '--key', 'batch', '--queue', 'batch', '--json', '--wait']);
    await work('--queue', 'batch', '--concurrency', '32');
    const { stdout: done, code: exit } = await waited;
    expect([exit, JSON.parse(done)]).toEqual([
      0,
      expect.objectContaining({ batch, tasks: 1200, completed: 1200, failed: 0, cancelled: 0, exit_code: 0 }),
    ]);
    const results = lines((await run(['results', batch])).stdout);
    expect(results.map(({ label }) => Number(label))).toEqual(Array.from({ length: 1200 }, (_, line) => 2 * line + 1));
    expect(new Set(results.map(({ execution }) => execution))).toEqual(new Set(['completed']));
    expect((await run(['retry', batch])).code).toBe(1);
  });

  test('a schedule is added, changed, listed and removed; six fields and other nonsense are refused', async () => {
    const task = file('fields.json', JSON.stringify(fields));
    const add = ['schedule', 'add', 'nightly', task, '--time-zone', 'Europe/Berlin'];
    const six = await run([...add, '--cron', '*/20 * * * * *']);
    expect([six.code, six.stderr]).toEqual([20, expect.stringContaining('at most once a minute')]);
    const zone = await run(['schedule', 'preview', '--cron', '0 6 * * *', '--time-zone', 'Mars/X']);
    expect([zone.code, zone.stderr]).toEqual([20, expect.stringContaining('time zone')]);
    expect((await run([...add, '--cron', '0 6 * * *', '--missed', 'once'])).code).toBe(0);
    const changed = await run([...add, '--rrule', 'FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=17;BYMINUTE=0', '--json']);
    expect(JSON.parse(changed.stdout)).toMatchObject({ name: 'nightly', existed: true, missed: 'skip' });
    const [listed, ...more] = lines((await run(['schedule', 'list', '--json'])).stdout);
    expect(more).toEqual([]);
    expect(listed).toMatchObject({ name: 'nightly', zone: 'Europe/Berlin', function: 'order', problem: null });
    const name = await run(['schedule', 'add', 'x', task, '--cron', '0 6 * * *', '--durable-execution-name', 'n']);
    expect([name.code, name.stderr]).toEqual([20, expect.stringContaining('same for every run')]);
    expect((await run(['schedule', 'remove', 'nightly'])).code).toBe(0);
    expect((await run(['schedule', 'remove', 'nightly'])).code).toBe(1);
  });

  test('rows of others never break a list, and are named', async () => {
    await run(['submit', '-', '--queue', 'batch'], JSON.stringify(fields));
    const { schema, sql, close } = await openDatabase({ url: postgres?.url }, env, silent);
    const own = JSON.stringify({ form: 1, fields: '{', group: 'g\u001b[31m', function: null, label: null });
    const rows: readonly [string, string, string | null][] = [
      ['null', 'created', null],
      ['[1]', 'created', null],
      ['"text"', 'active', '7'],
      ['{"form":9}', 'created', null],
      ['{"form":1,"fields":{"a":1},"group":7}', 'failed', '{"value":{"message":"job timed out"}}'],
      [own, 'completed', '{"exit_code":"0","execution":"completed","document":"cut"}'],
      [own, 'failed', '[]'],
      [own, 'completed', settledAs({ exit_code: 256 })],
      [own, 'completed', settledAs({ document: 'x\n    "payload_json": "=payload"\n  }\n}\n' })],
      [own, 'cancelled', '{"sending":"n"}'],
      [own, 'cancelled', null],
    ];
    for (const [data, state, output] of rows) {
      await sql(
        `INSERT INTO ${schema}.job (name, data, state, output, completed_on) VALUES ('batch', $1, $2, $3, now())`,
        [data, state, output],
      );
    }
    await close();
    const listed = await run(['tasks', '--queue', 'batch', '--json', '--limit', String(rows.length)]);
    expect(listed.code).toBe(0);
    const problems = lines(listed.stdout).map(({ problem }) => problem);
    const named = (text: string) => problems.filter((problem) => problem?.includes(text)).length;
    expect([named('not a job of this program'), named('form 9'), named('its result'), problems.length]).toEqual([
      ...[4, 1, 3, rows.length],
    ]);
    expect((await run(['tasks', '--queue', 'batch'])).stdout).not.toContain('\u001b');
    const results = await run(['results', '--queue', 'batch', '--unknown']);
    expect([results.code, lines(results.stdout).length]).toEqual([0, 4]);
    const all = await run(['results', '--queue', 'batch', '--output', 'ndjson', '--since', '1m']);
    expect([all.code, lines(all.stdout).filter(({ problem }) => problem?.includes('its result')).length]).toEqual([
      0, 4,
    ]);
    for (const { output } of lines(results.stdout)) {
      assertValid('extension-output', output);
      expect(output.result.execution).toBe('unknown');
    }
    expect((await run(['status'])).code).toBe(0);
  });

  test('a flow whose rows are not ours is shown without what a terminal obeys, and is cancelled', async () => {
    const idOf = (number: number) => `22222222-0000-4000-8000-00000000000${number}`;
    const [flow, task] = [idOf(1), idOf(2)];
    const dataOf = (label: string | null, needs: string) =>
      `{"form":1,"fields":"{","function":null,"group":"${flow}","label":${JSON.stringify(label)},
        "flow":{"name":"f\\u001b[2J","when":"always","needs":${needs}}}`;
    const rows = [
      [flow, dataOf(null, `{"a\\u001b[2J\\n\\t":"${task}","__proto__":"${idOf(3)}"}`)],
      [task, dataOf('a', '{}')],
    ];
    const db = await openDatabase({ url: postgres?.url }, env, silent);
    try {
      await ensureQueue(db, 'flows');
      for (const row of rows)
        await db.sql(`INSERT INTO ${db.schema}.job (id, name, data) VALUES ($1, 'flows', $2)`, row);
    } finally {
      await db.close();
    }
    for (const words of [
      ['status', flow],
      ['cancel', flow],
      ['status', flow],
    ]) {
      const { code, stdout, stderr } = await run(words);
      expect([code, stderr.includes('JSON')]).toEqual([0, false]);
      expect(stdout).not.toContain('\u001b');
    }
    expect(JSON.parse((await run(['status', flow, '--json'])).stdout)).toMatchObject({ state: 'cancelled' });
  });

  test('a FIFO that nobody writes to is left at a signal', async () => {
    const fifo = join(folder, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const [command, ...first] = program();
    const words = [...first, 'submit', file('fields.json', JSON.stringify(fields)), '--each', fifo];
    const child = spawn(command, words, { env: { ...cleanEnvironment(), ...env, TMPDIR: folder }, stdio: 'ignore' });
    const ended = once(child, 'close');
    await until(() => readdirSync(folder).some((name) => name.startsWith('ue-aws-lambda-')));
    child.kill('SIGINT');
    await ended;
    expect(readdirSync(folder).filter((name) => name.startsWith('ue-aws-lambda-'))).toEqual([]);
  });

  test('an id that is none, and one that is not there', async () => {
    for (const command of ['status', 'results', 'cancel', 'retry']) {
      const wrong = await run([command, 'x']);
      expect([wrong.code, wrong.stderr]).toEqual([20, expect.stringContaining('is not the id')]);
    }
    const id = '00000000-0000-4000-8000-000000000001';
    for (const command of ['status', 'cancel', 'retry']) {
      const gone = await run([command, id]);
      expect([gone.code, gone.stderr]).toEqual([1, expect.stringContaining('there is no task')]);
    }
  });
});
