import type { Violation } from '../../../errors.ts';
import { nearest } from '../../cli/nearest.ts';
import type { Flow, FlowTask } from './flow.ts';
import { outputShape, type Shape } from './output-paths.gen.ts';
import { nameOf } from './parse.ts';
import { type Placeholder, placeholdersIn, scriptFault, takesTemplates, unreadable } from './template.ts';

/** What is wrong with how the tasks of a flow hang together, all of it. */
export function graphViolations({ tasks, place }: Flow): readonly Violation[] {
  const violation = (path: readonly (string | number)[], message: string): Violation => ({
    field: nameOf(path),
    message: `${place(path)}${message}`,
  });
  const waitsFor = waitsIn(tasks);
  const found = [...tasks].flatMap(([name, task]) => [
    ...task.needs.flatMap((need, index) =>
      tasks.has(need) ? [] : [violation(['tasks', name, 'needs', index], unknownTask(need, tasks))],
    ),
    ...Object.entries(task.fields).flatMap(([field, value]) =>
      templateFaults(name, field, value, tasks, waitsFor).map((fault) =>
        violation(['tasks', name, 'fields', field], fault),
      ),
    ),
  ]);
  const cycles = cyclesOf(tasks).map((cycle) =>
    violation(['tasks', cycle[0] as string, 'needs'], `needs itself: ${cycle.join(' -> ')}; remove one of these needs`),
  );
  return [...cycles, ...found];
}

type Tasks = ReadonlyMap<string, FlowTask>;

function unknownTask(name: string, tasks: Tasks): string {
  const near = nearest(name, [...tasks.keys()]);
  const remedy = near === undefined ? 'the flow has no such task' : `did you mean ${near}?`;
  return `${JSON.stringify(name.slice(0, 64))} is not a task of this flow; ${remedy}`;
}

function templateFaults(
  name: string,
  field: string,
  value: unknown,
  tasks: Tasks,
  waitsFor: WaitsFor,
): readonly string[] {
  const placeholders = placeholdersIn(field, value);
  if (!takesTemplates(field)) {
    const meant = placeholders.find(({ steps }) => isOfTask(steps?.[0], tasks));
    return meant === undefined ? [] : [`takes no template, but has {{ ${meant.path} }}; write its value`];
  }
  const script = scriptFault(field, value);
  const faults = placeholders.map((placeholder) => pathFault(name, placeholder, tasks, waitsFor));
  return [...new Set([script, ...faults])].filter((fault) => fault !== null);
}

function isOfTask(first: string | undefined, tasks: Tasks): boolean {
  return first !== undefined && (first === 'flow' || tasks.has(first));
}

/** What the flow itself has to offer to a template. */
const flowShape: Shape = { id: {}, name: {} };

function pathFault(name: string, { path, steps }: Placeholder, tasks: Tasks, waitsFor: WaitsFor): string | null {
  const [first, ...rest] = steps ?? [];
  if (first === undefined) return unreadable(path);
  const about = `{{ ${path.slice(0, 100)} }}`;
  if (first === 'flow') return shapeFault(about, 'flow', rest, flowShape);
  if (!tasks.has(first)) return `${about}: ${unknownTask(first, tasks)}; for a text that stays write \\{{`;
  if (first === name) return `${about}: a task has no output before it has run`;
  if (!waitsFor(name, first)) return `${about}: ${first} may not have ended yet; add it to needs`;
  return shapeFault(about, first, rest, outputShape);
}

function shapeFault(about: string, start: string, steps: readonly string[], shape: Shape): string | null {
  let known = shape;
  let path = start;
  for (const step of steps) {
    if (known === null) return null;
    if (Array.isArray(known)) {
      if (!/^\d+$/.test(step)) return `${about}: ${path} is a list; write ${path}[0]`;
      known = known[0] as Shape;
    } else {
      const attributes = known as { readonly [attribute: string]: Shape };
      if (!Object.hasOwn(attributes, step)) return unknownAttribute(about, path, step, Object.keys(attributes));
      known = attributes[step] as Shape;
    }
    path += `.${step}`;
  }
  return null;
}

function unknownAttribute(about: string, path: string, step: string, attributes: readonly string[]): string {
  if (attributes.length === 0) return `${about}: ${path} has no attributes`;
  const near = nearest(step, attributes);
  const remedy = near === undefined ? `it has ${attributes.join(', ')}` : `did you mean ${near}?`;
  return `${about}: ${path} has no ${step.slice(0, 64)}; ${remedy}`;
}

type WaitsFor = (name: string, other: string) => boolean;

/** Whether a task waits for another, directly or not: a bit for each pair, since a flow may have 10,000 tasks. */
function waitsIn(tasks: Tasks): WaitsFor {
  const index = new Map([...tasks.keys()].map((name, at) => [name, at]));
  const byName = new Map<string, Uint32Array>();
  for (const name of removeFree(neededIn(tasks))) {
    const own = new Uint32Array(Math.ceil(tasks.size / 32));
    for (const need of tasks.get(name)?.needs ?? []) {
      const at = index.get(need);
      if (at === undefined) continue;
      for (const [word, bits] of byName.get(need)?.entries() ?? []) own[word] = (own[word] ?? 0) | bits;
      own[at >>> 5] = (own[at >>> 5] ?? 0) | (1 << (at & 31));
    }
    byName.set(name, own);
  }
  return (name, other) => {
    const own = byName.get(name);
    const at = index.get(other);
    if (own === undefined || at === undefined) return true; // it is in a cycle or after one, which is said
    return ((own[at >>> 5] ?? 0) & (1 << (at & 31))) !== 0;
  };
}

/** The needs of each task that are tasks of the flow. */
function neededIn(tasks: Tasks): Map<string, string[]> {
  return new Map([...tasks].map(([name, { needs }]) => [name, needs.filter((need) => tasks.has(need))]));
}

/** The cycles among the needs, none with a task of another: a -> b -> a when a needs b and b needs a. */
function cyclesOf(tasks: Tasks): readonly (readonly string[])[] {
  const left = neededIn(tasks);
  const cycles: string[][] = [];
  for (removeFree(left); left.size > 0; removeFree(left)) {
    const round = roundIn(left);
    const first = round.indexOf([...round].sort()[0] as string);
    const turned = [...round.slice(first), ...round.slice(0, first)];
    cycles.push([...turned, turned[0] as string]);
    for (const name of round) left.delete(name);
  }
  return cycles;
}

/** Every task that is left needs one that is left, so following them comes back to one that was there. */
function roundIn(left: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const trail = new Map<string, number>();
  let [name = ''] = left.keys();
  while (!trail.has(name)) {
    trail.set(name, trail.size);
    name = left.get(name)?.find((need) => left.has(need)) ?? name;
  }
  return [...trail.keys()].slice(trail.get(name));
}

/** Removes the tasks that need none that is left, again and again. Returns them, each after all that it needs. */
function removeFree(left: Map<string, string[]>): readonly string[] {
  const removed: string[] = [];
  const waiting = new Map([...left].map(([name, needs]) => [name, needs.filter((need) => left.has(need)).length]));
  const users = new Map<string, string[]>();
  for (const [name, needs] of left) {
    for (const need of needs) {
      const known = users.get(need);
      if (known === undefined) users.set(need, [name]);
      else known.push(name);
    }
  }
  const free = [...waiting].filter(([, count]) => count === 0).map(([name]) => name);
  for (let name = free.pop(); name !== undefined; name = free.pop()) {
    left.delete(name);
    removed.push(name);
    for (const user of users.get(name) ?? []) {
      const count = (waiting.get(user) ?? 0) - 1;
      waiting.set(user, count);
      if (count === 0) free.push(user);
    }
  }
  return removed;
}
