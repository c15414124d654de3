import { isMap, isScalar, type YAMLMap } from 'yaml';
import { ValidationError, type Violation } from '../../../errors.ts';
import { fieldTable } from '../../../task/fields.gen.ts';
import { isFieldName } from '../../../task/wire.ts';
import { nearest } from '../../cli/nearest.ts';
import type { Flow, FlowTask } from './flow.ts';
import { invalid, parseTree, type TextTree } from './text-tree.ts';
import { TreeValues } from './tree-values.ts';
import validate, { type SchemaError } from './validate.gen.js';

interface FlowFile {
  readonly name: string;
  readonly defaults?: FlowTask['fields'];
  readonly tasks: Readonly<Record<string, FlowTask>>;
}

/** Reads the text of a flow file, JSON or YAML. Throws ValidationError with every violation of its structure. */
export function parseFlow(text: string): Flow {
  const tree = parseTree(text);
  const file = fileOf(tree);
  const { place } = tree;
  if (!validate(file)) throw new ValidationError(violationsOf(validate.errors ?? [], place));
  const { name, defaults = {}, tasks } = file as unknown as FlowFile;
  const withDefaults = Object.entries(tasks).map(
    ([task, { fields, ...rest }]) => [task, { ...rest, fields: { ...defaults, ...fields } }] as const,
  );
  return { name, tasks: new Map(withDefaults), place };
}

/** The value of the file, in which each script is a text of JSON. */
function fileOf(tree: TextTree): object {
  const root = tree.resolved(tree.root);
  if (!isMap(root)) throw invalid('a flow file is an object with name and tasks');
  const values = new TreeValues(tree);
  const object = (map: YAMLMap, read: (name: string, node: unknown) => unknown) =>
    Object.fromEntries(tree.members(map).map(([name, node]) => [name, read(name, tree.resolved(node))]));
  const isScript = (name: string) => isFieldName(name) && fieldTable[name].kind === 'script';
  const field = (name: string, node: unknown) => {
    const isText = isScalar(node) && (typeof node.value === 'string' || node.value === null);
    return isScript(name) && node !== null && !isText ? values.json(node) : values.value(node);
  };
  const mapOr = (read: (name: string, node: unknown) => unknown) => (node: unknown) =>
    isMap(node) ? object(node, read) : values.value(node);
  const fields = mapOr(field);
  const task = mapOr((name, node) => (name === 'fields' ? fields(node) : values.value(node)));
  const tasks = mapOr((_, node) => task(node));
  return object(root, (name, node) => {
    if (name === 'tasks') return tasks(node);
    return name === 'defaults' ? fields(node) : values.value(node);
  });
}

function violationsOf(errors: readonly SchemaError[], place: TextTree['place']): Violation[] {
  const found = new Map<string, Violation>();
  for (const error of errors) {
    if (error.keyword === 'pattern' && error.instancePath === '/tasks') continue; // what propertyNames says of the name
    const path = error.instancePath.split('/').slice(1).map(unescaped);
    const fault = faultOf(error, path);
    const field = nameOf([...path, ...fault.member]);
    const steps = [...path, ...fault.member].map((step) => (/^\d+$/.test(step) ? Number(step) : step));
    if (!found.has(field)) found.set(field, { field, message: `${place(steps)}${fault.message}` });
  }
  return [...found.values()];
}

function faultOf({ keyword, params }: SchemaError, path: readonly string[]) {
  const kind = path[0] === 'tasks' && path.length === 2 ? 'task' : path.length === 0 ? 'flow' : 'value';
  if (keyword === 'required') return { member: [String(params.missingProperty)], message: 'is required' };
  if (keyword === 'additionalProperties') {
    const word = String(params.additionalProperty);
    const near = nearest(word, kind === 'task' ? ['needs', 'when', 'fields'] : ['name', 'defaults', 'tasks']);
    const remedy = near === undefined ? 'remove it' : `did you mean ${near}?`;
    return { member: [word], message: `is not part of a ${kind === 'task' ? 'task' : 'flow'}; ${remedy}` };
  }
  if (keyword === 'propertyNames') {
    const message = 'is no name for a task: a letter, then letters, digits, _ and -, at most 64 characters, not flow';
    return { member: [String(params.propertyName)], message };
  }
  return { member: [], message: rules[ruleOf(path)] ?? 'is not valid' };
}

function ruleOf([first = '', second, third]: readonly string[]): string {
  if (first !== 'tasks') return first;
  return third ?? (second === undefined ? 'tasks' : 'task');
}

const rules: Readonly<Record<string, string>> = {
  $schema: 'must be a text',
  name: 'must be a text of 1 to 100 characters without control characters',
  defaults: 'must be an object of fields',
  tasks: 'must be an object of 1 to 10000 tasks by name',
  task: 'must be an object with needs, when and fields',
  needs: 'must be a list of names of tasks, each once',
  when: 'must be success, always or failure',
  fields: 'must be an object of fields',
};

/** `tasks.load.needs[0]`, with names that somebody else chose cut short. */
export function nameOf(path: readonly (string | number)[]): string {
  return path
    .map((step, index) => {
      const word = String(step).length > 64 ? `${String(step).slice(0, 64)}…` : String(step);
      return /^\d+$/.test(word) ? `[${word}]` : `${index === 0 ? '' : '.'}${word}`;
    })
    .join('');
}

function unescaped(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}
