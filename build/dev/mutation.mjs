// npm run mutation -- [PATHS] [--sample N] [--seed N]: changes the sources in one place at a time, in a copy of the project,
// and looks whether the tests notice. What they do not notice is printed: a test is missing there, or the change changes nothing.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parse } from '@babel/parser';

const root = fileURLToPath(new URL('../../', import.meta.url));
const left = new Set(['node_modules', '.git', 'dist', 'test-output', '.cache']);

/** The quick tests of each folder, without a process: they stop at the first failure. */
const tests = {
  'extension/outcome/': ['test/outcome', 'test/contract/cases.test.ts', 'test/actions/durable-execution.test.ts'],
  'extension/task/': [
    ...['test/formats', 'test/contract/fields-schema.test.ts', 'test/contract/cases.test.ts'],
    ...['send-callback', 'response-stream', 'durable-execution', 'trace'].map((name) => `test/actions/${name}.test.ts`),
  ],
  'extension/aws/transport/': ['test/contract/cases.test.ts', 'test/aws/transport'],
};
/** Of tests with two forms, that in this process. */
const quick = '^(?!through the program|as a process)';

const operators = {
  ...{ '===': '!==', '!==': '===', '<': '<=', '<=': '<', '>': '>=', '>=': '>' },
  ...{ '+': '-', '-': '+', '*': '/', '/': '*', '&&': '||', '||': '&&', '??': '&&' },
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { sample: { type: 'string' }, seed: { type: 'string' } },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const paths = positionals.length > 0 ? positionals : Object.keys(tests);
const all = paths.flatMap(filesIn).flatMap(mutantsOf);
const chosen = values.sample === undefined ? all : shuffled(all, seed).slice(0, Number(values.sample));
console.log(`${chosen.length} of ${all.length} changes, SEED=${seed}`);

const copy = mkdtempSync(join(tmpdir(), 'mutation-'));
process.on('SIGINT', () => process.exit());
process.on('exit', () => rmSync(copy, { recursive: true, force: true }));
cpSync(root, copy, { recursive: true, filter: (path) => !left.has(path.slice(root.length).split('/')[0]) });
symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));

for (const path of new Set(chosen.map((mutant) => mutant.path))) {
  if (noticed(path)) throw new Error(`the tests of ${path} fail without a change`);
}
let killed = 0;
for (const mutant of chosen) {
  const { path, line, text, start, end, to } = mutant;
  writeFileSync(join(copy, path), `${text.slice(0, start)}${to}${text.slice(end)}`);
  const isKilled = noticed(path);
  writeFileSync(join(copy, path), text);
  if (isKilled) killed += 1;
  else console.log(`survived  ${path}:${line}  ${short(text.slice(start, end))}  ->  ${short(to)}`);
}
console.log(`${killed} of ${chosen.length} killed: ${Math.round((100 * killed) / chosen.length)} %`);

function filesIn(path) {
  if (statSync(join(root, path)).isFile()) return [path];
  return readdirSync(join(root, path), { recursive: true })
    .filter((name) => name.endsWith('.ts') && !name.includes('.gen.'))
    .map((name) => join(path, name));
}

/** Whether the tests of a file fail, or never end. */
function noticed(path) {
  const [, related] = Object.entries(tests).find(([folder]) => path.startsWith(folder)) ?? [];
  if (related === undefined) throw new Error(`${path}: only ${Object.keys(tests).join(', ')} have tests named here`);
  const program = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
  const { status } = spawnSync(
    process.execPath,
    [...program, ...related, '--silent', '--bail', '--runInBand', '-t', quick],
    { cwd: copy, stdio: 'ignore', timeout: 180_000, killSignal: 'SIGKILL' },
  );
  return status !== 0;
}

/** Every change of one file: where, and what to. */
function mutantsOf(path) {
  const text = readFileSync(join(root, path), 'utf8');
  const found = [];
  const add = ({ start, end, loc }, to) => found.push({ path, text, start, end, to, line: loc.start.line });
  const source = ({ start, end }) => text.slice(start, end);
  walk(parse(text, { sourceType: 'module', plugins: ['typescript'] }).program, null, (node, parent) => {
    switch (node.type) {
      case 'BinaryExpression':
      case 'LogicalExpression': {
        const other = operators[node.operator];
        if (other !== undefined) add(node, `${source(node.left)} ${other} ${source(node.right)}`);
        break;
      }
      case 'IfStatement':
      case 'ConditionalExpression':
        add(node.test, `!(${source(node.test)})`);
        break;
      case 'UnaryExpression':
        if (node.operator === '!') add(node, source(node.argument));
        break;
      case 'BooleanLiteral':
        add(node, String(!node.value));
        break;
      case 'NumericLiteral':
        add(node, String(node.value + 1));
        break;
      case 'StringLiteral':
        if (node.value !== '' && parent?.type !== 'ObjectProperty') add(node, "''");
        break;
      case 'ExpressionStatement':
        add(node, ';');
        break;
    }
  });
  return found;
}

/** Visits the nodes that run: no types, no imports. */
function walk(node, parent, visit) {
  if (/^(TS(?!AsExpression|NonNull|Satisfies)|Import|Export(All|Named)Declaration$)/.test(node.type)) {
    if (node.declaration == null) return;
  }
  visit(node, parent);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child?.type === 'string' && child.start !== undefined && !child.type.startsWith('Comment'))
        walk(child, node, visit);
    }
  }
}

function shuffled(list, from) {
  let state = from;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return list
    .map((item) => [random(), item])
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);
}

function short(text) {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
