import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml';
import { ValidationError, type Violation } from '../../../errors.ts';
import { parseJson } from '../../../formats/parse-json.ts';

/** Characters of a file, and of what its aliases make of it. */
export const textLimit = 16 * 2 ** 20;

type Path = readonly (string | number)[];

/** The tree of a JSON or YAML text, with the place of each node. */
export interface TextTree {
  readonly root: Node | null;
  /** Follows an alias. */
  readonly resolved: (node: unknown) => unknown;
  /** The members of an object, with those that `<<` merges in; the key's node says where each is. */
  readonly members: (map: YAMLMap) => readonly (readonly [string, unknown])[];
  readonly place: (path: Path) => string;
  /** "line 7, column 3" */
  readonly at: (node: unknown) => string;
}

/** Parses JSON or YAML 1.2. Throws ValidationError with the place of what is wrong. */
export function parseTree(text: string): TextTree {
  if (text.length > textLimit) throw invalid(`is larger than ${textLimit / 2 ** 20} MB`);
  if (!text.isWellFormed()) throw invalid('must be valid Unicode, but holds half of a surrogate pair');
  const isJson = /^\s*\{/.test(text) && !('fault' in parseJson(text));
  const lines = new LineCounter();
  // JSON has tabs between its tokens alone, where YAML would take them for indentation.
  const document = parseDocument(isJson ? text.replaceAll('\t', ' ') : text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false, // its check is quadratic; ours is in `members`
    merge: true,
    version: '1.2',
    logLevel: 'error',
  });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `line ${line}, column ${col}`;
  };
  const faults = [...document.errors, ...document.warnings].slice(0, 5);
  if (faults.length > 0) {
    throw new ValidationError(
      faults.map(({ code, message, pos }) => ({
        field: null,
        message: `${at(pos[0])}: ${sentences[code] ?? lowerFirst(message.replace(/\s+/g, ' ').slice(0, 200))}`,
      })),
    );
  }
  return treeOf(document, at);
}

const sentences: Readonly<Record<string, string>> = {
  MULTIPLE_DOCS: 'a second document begins; a flow file holds one',
  RESOURCE_EXHAUSTION: 'is nested too deep',
};

function treeOf(document: Document.Parsed, placeAt: (offset: number) => string): TextTree {
  const targets = aliasTargets(document);
  const at = (node: unknown) => {
    const range = (node as Node | null)?.range;
    return range ? placeAt(range[0]) : 'the end';
  };
  const resolved = (node: unknown): unknown => {
    if (!isAlias(node)) return node;
    const target = targets.get(node);
    if (target === undefined)
      throw invalid(`${at(node)}: the alias *${node.source} has no anchor &${node.source} before it`);
    return target;
  };
  const members = (map: YAMLMap) => membersOf(map, resolved, at);
  return {
    ...{ root: document.contents, resolved, members, at },
    place(path) {
      try {
        const node = nodeAt(document.contents, path, { resolved, members });
        const range = (node as Node | null | undefined)?.range;
        return range ? `line ${placeAt(range[0]).split(/[ ,]/)[1]}: ` : '';
      } catch {
        return '';
      }
    },
  };
}

/** What each alias stands for: the last node before it that has its anchor. */
function aliasTargets(document: Document.Parsed): ReadonlyMap<Alias, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(document, {
    Node(_, node) {
      if (isAlias(node)) {
        const target = anchors.get(node.source);
        if (target !== undefined) targets.set(node, target);
      } else if (node.anchor !== undefined) anchors.set(node.anchor, node as Node);
    },
  });
  return targets;
}

function membersOf(
  map: YAMLMap,
  resolved: TextTree['resolved'],
  at: TextTree['at'],
): readonly (readonly [string, unknown])[] {
  const own = new Map<string, unknown>();
  const merged = new Map<string, unknown>();
  for (const { key, value } of map.items as Pair[]) {
    if (isScalar(key) && key.source === '<<' && key.type === 'PLAIN') {
      for (const [name, node] of mergedMembers(resolved(value), resolved, at)) {
        if (!merged.has(name)) merged.set(name, node);
      }
      continue;
    }
    const name = nameOf(key, at);
    if (own.has(name)) throw invalid(`${at(key)}: ${JSON.stringify(name.slice(0, 64))} stands twice in one object`);
    own.set(name, value);
  }
  return [...[...merged].filter(([name]) => !own.has(name)), ...own];
}

function mergedMembers(value: unknown, resolved: TextTree['resolved'], at: TextTree['at']) {
  const maps = isSeq(value) ? value.items.map(resolved) : [value];
  return maps.flatMap((map) => {
    if (!isMap(map)) throw invalid(`${at(value)}: << takes an alias of an object`);
    // One level is enough, and one that merges itself has no end.
    if (map.items.some(({ key }) => isScalar(key) && key.source === '<<')) {
      throw invalid(`${at(map)}: an object that is merged by << must not hold << itself`);
    }
    return membersOf(map, resolved, at);
  });
}

function nameOf(key: unknown, at: TextTree['at']): string {
  if (isScalar(key)) return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
  const hint = isMap(key) ? '; write a template with quotes: "{{ path }}"' : '';
  throw invalid(`${at(key)}: a key must be a text${hint}`);
}

function nodeAt(root: unknown, path: Path, { resolved, members }: Pick<TextTree, 'resolved' | 'members'>): unknown {
  let node = resolved(root);
  for (const step of path) {
    let next: unknown;
    if (isMap(node)) next = members(node).find(([name]) => name === step)?.[1];
    else if (isSeq(node) && typeof step === 'number') next = node.items[step];
    if (next === undefined || next === null) return node;
    node = resolved(next);
  }
  return node;
}

export function invalid(message: string): ValidationError {
  const violation: Violation = { field: null, message };
  return new ValidationError([violation]);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
