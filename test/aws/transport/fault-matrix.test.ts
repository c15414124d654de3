import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Cell, cells, longDeadlines, makeTrust, setStage, type Trust } from '../../support/network/cells.ts';
import { type Ended, eachOf, type Fields, runInside, runProcess } from '../../support/network/run.ts';

/** Whatever a cell meets, it never waits for a deadline that is long (ms). */
const deadline = Math.min(longDeadlines.connect, longDeadlines.wait) * 1000;

interface Seen extends Ended {
  readonly received: number;
  readonly executed: number;
}

let trust: Trust;
const { AWS_CA_BUNDLE, NODE_EXTRA_CA_CERTS } = process.env;

beforeAll(async () => {
  trust = await makeTrust();
  // Compiled before the deadlines run, as they are in the program.
  await Promise.all([import('../../../extension/aws/transport/tunnel-agent.ts'), import('node:https')]);
  delete process.env.NODE_EXTRA_CA_CERTS;
  process.env.AWS_CA_BUNDLE = trust.aws.file;
});

afterAll(() => {
  Object.assign(process.env, { AWS_CA_BUNDLE, NODE_EXTRA_CA_CERTS });
});

const hosts = {
  'in this process': { width: 16, run: (fields: Fields) => runInside(fields) },
  'as a process': {
    width: 10,
    async run(fields: Fields) {
      const ended = await runProcess(fields, { env: { AWS_CA_BUNDLE: trust.aws.file } });
      expect({ stderr: ended.stderr, killedBy: ended.killedBy }).toMatchObject({ killedBy: null });
      expect(ended.exitCode).toBe(ended.output.exit_code);
      return ended;
    },
  },
};

// What is under test with PROGRAM is another program.
const tried = Object.entries(hosts).filter(([name]) => process.env.PROGRAM === undefined || name === 'as a process');

describe.each(tried)('%s', (_, { width, run }) => {
  // All at once, since most of them only wait; each is then looked at by itself.
  let seen: Map<string, Seen | Error>;

  beforeAll(async () => {
    const results = await eachOf(cells, width, (cell) => meet(cell, run).catch((error: Error) => error));
    seen = new Map(cells.map((cell, index) => [cell.name, results[index] as Seen | Error]));
  }, 180_000);

  test.each(cells.map((cell) => [cell.name, cell] as const))('%s', (name, { row }) => {
    const cell = seen.get(name);
    if (!(cell !== undefined && 'output' in cell)) throw cell;
    const { output, received, executed, log, took } = cell;
    const { exit, execution, attempts } = row;
    const { exit_code, result, status_description } = output;
    expect({
      ...{ exit: exit_code, execution: result.execution, attempts: result.attempts, received, executed },
      ...{ status_description, error: result.error, log },
    }).toMatchObject({ exit, execution, attempts, received: row.received, executed: row.executed });
    expect(took).toBeLessThan(deadline);
  });

  test.each(cells.map((cell) => [cell.name]))('tells the truth: %s', (name) => {
    const cell = seen.get(name);
    if (!(cell !== undefined && 'output' in cell)) throw cell;
    const { output, received, executed, log } = cell;
    const { execution } = output.result;
    expect(executed).toBeLessThanOrEqual(1);
    if (executed > 0) expect(execution).not.toBe('not_started');
    if (received === 0) expect(['not_started', 'unknown']).toContain(execution);
    expect(output.changed).toBe(execution === 'completed' || execution === 'accepted');
    // Whoever is killed in between leaves this line as evidence.
    if (received > 0) expect(log).toContain('Invoke hello');
  });
});

async function meet(cell: Cell, run: (fields: Fields) => Promise<Ended>): Promise<Seen> {
  const stage = await setStage(cell, trust);
  try {
    const ended = await run(stage.fields);
    return { ...ended, received: stage.target.received(), executed: stage.target.executed() };
  } finally {
    await stage.close();
  }
}
