import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { type Dag, dag, jenkinsCommand, root, sample, samples, startSamples } from '../support/controllers.ts';

/** That a task which its controller ends still answers: each sample, started and ended as its controller does it. */
let work: string;
let env: Record<string, string | undefined>;
let stop: () => Promise<void>;

beforeAll(async () => {
  ({ work, env, stop } = await startSamples());
});
afterAll(() => stop());

/** How a controller ends a task: one process, the whole process group, or every process of it, the newest first. */
const ways = {
  process: (pid: number, signal: NodeJS.Signals) => process.kill(pid, signal),
  group: (pid: number, signal: NodeJS.Signals) => process.kill(-pid, signal),
  each: (pid: number, signal: NodeJS.Signals) => {
    for (const member of groupOf(pid)) process.kill(member, signal);
  },
};

interface Sample {
  readonly command: readonly string[];
  readonly env?: Record<string, string>;
  readonly ways: readonly (keyof typeof ways)[];
  readonly signal?: NodeJS.Signals;
  /** What the controller sees when a shell of its own is around the sample: null for the end by the signal. */
  readonly exitCode?: number | null;
  /** What must be the last line of the output. */
  readonly lastLine?: RegExp;
}

/** The samples over the fields in FOLDER/fields.json; the answer goes to FOLDER/out/fields.json. */
const runs: Record<string, (folder: string, fields: string) => Sample> = {
  cron: (folder) => ({
    command: [join(samples, 'cron/run-task.sh'), 'fields'],
    env: { UE_TASKS: folder, UE_ANSWERS: `${folder}/out` },
    ways: ['process', 'group', 'each'],
    lastLine: /^fields: exit 22, execution unknown$/,
  }),
  'cron under flock': (folder) => ({
    command: ['flock', '--nonblock', `${folder}/lock`, join(samples, 'cron/run-task.sh'), 'fields'],
    env: { UE_TASKS: folder, UE_ANSWERS: `${folder}/out` },
    ways: ['group', 'each'],
    exitCode: null,
    lastLine: /^fields: exit 22, execution unknown$/,
  }),
  systemd: (folder) => {
    const [, line = ''] = /^ExecStart=(.*)$/m.exec(sample('cron/ue-aws-lambda@.service')) ?? [];
    const here = at(folder, line, '/etc/ue-aws-lambda/%i.json', '/var/lib/ue-aws-lambda/%i.json');
    return { command: here.replace('/usr/local/bin/', '').split(' '), ways: ['process', 'group'] };
  },
  'GitLab CI': (folder) => {
    const script: string[] = parse(sample('gitlab-ci/.gitlab-ci.yml'))['create-invoice'].script;
    return {
      // The runner's own shell is around the script, and says 1 when it is told to end.
      command: ['bash', '-c', `trap 'exit 1' TERM; set -eo pipefail; : | eval "$SCRIPT"; exit 0`],
      env: { SCRIPT: at(folder, script.join('\n'), 'invoice.json', 'answer.json') },
      ways: ['group', 'each'],
      exitCode: 1,
    };
  },
  'GitHub Actions': (folder, fields) => {
    const [{ run }] = parse(sample('github-actions/action.yml')).runs.steps;
    return {
      command: ['bash', '-eo', 'pipefail', '-c', run.replace(/^answer=.*/m, `answer='${folder}/out/fields.json'`)],
      env: { FIELDS: fields, GITHUB_OUTPUT: '/dev/null', GITHUB_ACTION_PATH: join(root, 'dist') },
      ways: ['process', 'group'],
      signal: 'SIGINT',
    };
  },
  Jenkins: (folder) => ({
    command: ['sh', '-xe', '-c', at(folder, jenkinsCommand, 'invoice.json', 'answer.json')],
    ways: ['process', 'group', 'each'],
  }),
  'Argo Workflows': (folder) => {
    const { templates } = parse(sample('argo-workflows/workflow.yaml')).spec;
    const { container } = templates.find(({ name }: { name: string }) => name === 'invoke');
    const words = [...container.command, ...container.args].join(' ');
    return { command: at(folder, words, '/tmp/fields.json', '/tmp/answer.json').split(' '), ways: ['process'] };
  },
  'Control-M': (folder) => {
    const { CreateInvoice: job } = JSON.parse(sample('control-m/folder.json')).NightlyInvoice;
    const [fields, answer] = ['/etc/ue-aws-lambda/invoice.json', '/var/lib/ue-aws-lambda/invoice.json'];
    return { command: ['sh', '-c', at(folder, job.Command, fields, answer)], ways: ['process', 'group', 'each'] };
  },
  ...(dag !== null && airflowRuns(dag)),
};

function airflowRuns({ COMMAND, POD_COMMAND }: Dag): typeof runs {
  return {
    Airflow: (folder, fields) => ({
      command: ['bash', '-c', COMMAND],
      env: { FIELDS: fields, ANSWER: `${folder}/out/fields.json` },
      ways: ['process', 'group', 'each'],
      lastLine: /^\{ {2}"exit_code": 22,.*\}$/,
    }),
    'Airflow, in a pod': (folder, fields) => ({
      command: ['sh', '-c', POD_COMMAND.replace('/airflow/xcom/return.json', `${folder}/out/fields.json`)],
      env: { FIELDS: fields },
      ways: ['process', 'group'],
    }),
  };
}

/** Puts the paths of fields and answer in place of those of a sample. */
function at(folder: string, text: string, fields: string, answer: string): string {
  return text.replaceAll(answer, `${folder}/out/fields.json`).replaceAll(fields, `${folder}/fields.json`);
}

const cases = Object.entries(runs).flatMap(([name, run]) => run('', '').ways.map((way) => [name, way] as const));

test.each(cases)(
  '%s: the answer of a cancelled task is there, with its exit code (signal to: %s)',
  async (name, way) => {
    const folder = mkdtempSync(join(work, 'cancel-'));
    mkdirSync(join(folder, 'out'));
    const started = join(folder, 'started');
    const fields = JSON.stringify({ ...JSON.parse(sample('cron/nightly-invoice.json')), payload_script: { started } });
    writeFileSync(join(folder, 'fields.json'), fields);
    const {
      command,
      env: more,
      signal = 'SIGTERM',
      exitCode = 22,
      lastLine,
    } = (runs[name] as (typeof runs)[string])(folder, fields);
    const [file = '', ...words] = command;
    const child = spawn(file, words, { cwd: folder, detached: true, env: { ...env, ...more } });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
      });
    }
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    await until(
      () => existsSync(started),
      () => `${name} has not called the function: ${output}`,
    );
    ways[way](child.pid as number, signal);
    expect(await ended).toBe(exitCode);
    const answer = JSON.parse(readFileSync(join(folder, 'out/fields.json'), 'utf8'));
    expect(answer).toMatchObject({ exit_code: 22, result: { execution: 'unknown' } });
    if (lastLine !== undefined) expect(output.trimEnd().split('\n').at(-1)).toMatch(lastLine);
  },
);

async function until(met: () => boolean, fault: () => string): Promise<void> {
  for (const end = Date.now() + 20_000; !met(); await new Promise((resolve) => setTimeout(resolve, 20))) {
    if (Date.now() > end) throw new Error(fault());
  }
}

/** The processes of a group, the newest first. */
function groupOf(leader: number): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && groupIdOf(name) === leader);
  return pids.map(Number).sort((a, b) => b - a);
}

function groupIdOf(pid: string): number | null {
  try {
    return Number(
      readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')[2],
    );
  } catch {
    return null; // it has ended
  }
}
