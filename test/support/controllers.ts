import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPythons } from '../hosts/universal-agent/support/pythons.ts';
import { startLocal } from './local-program.ts';
import { bundle, root } from './run-program.ts';

export { root };
export const samples = join(root, 'examples/controllers');
export const read = (path: string) => readFileSync(join(root, path), 'utf8');
export const sample = (path: string) => read(join('examples/controllers', path));

export const jenkinsCommand = /script: '([^']+)'/.exec(sample('jenkins/Jenkinsfile'))?.[1] ?? '';

/** The constants of the Airflow sample. */
export interface Dag {
  readonly FIELDS: Record<string, unknown>;
  readonly COMMAND: string;
  readonly POD_COMMAND: string;
}

/** Read by Python without Airflow; null when this machine has no Python. */
export const dag: Dag | null = readDag();

function readDag(): Dag | null {
  const [, python] = findPythons().at(-1) ?? [];
  if (python === undefined) return null;
  const reader = `
import sys, json, ast
names = {n.targets[0].id: ast.literal_eval(n.value) for n in ast.parse(open(sys.argv[1]).read()).body
         if isinstance(n, ast.Assign) and isinstance(n.targets[0], ast.Name)}
print(json.dumps(names))
`;
  const file = join(samples, 'airflow/nightly_invoice.py');
  return JSON.parse(spawnSync(python, ['-c', reader, file], { encoding: 'utf8' }).stdout);
}

const invoice = `
import { writeFileSync } from 'node:fs';
export const handler = async ({ day, fail, started }) => {
  if (fail) throw new Error('no\\ninvoice ##[error]x\\n::add-mask::y');
  if (started) {
    writeFileSync(started, '');
    await new Promise((resolve) => setTimeout(resolve, 30000));
  }
  return { id: 'I-1', day };
};
`;

/**
 * What the samples need: the program on the PATH, a Lambda endpoint with the function create-invoice, and a folder for
 * files. The function fails with the event `{fail: true}`; with `{started: path}` it writes that file and does not end.
 */
export async function startSamples() {
  const work = mkdtempSync(join(tmpdir(), 'controllers-'));
  const functions = join(work, 'functions');
  const bin = join(work, 'bin');
  for (const folder of [functions, bin]) mkdirSync(folder);
  writeFileSync(join(functions, 'create-invoice.mjs'), invoice);
  writeFileSync(join(bin, 'ue-aws-lambda'), `#!/bin/sh\nexec '${process.execPath}' '${bundle}' "$@"\n`);
  chmodSync(join(bin, 'ue-aws-lambda'), 0o755);
  const local = await startLocal(functions);
  return {
    work,
    env: { ...local.env, PATH: `${bin}:${process.env.PATH}`, HOME: work },
    stop: async () => {
      await local.stop();
      rmSync(work, { recursive: true, force: true });
    },
  };
}
