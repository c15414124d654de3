import { isMap, isScalar, isSeq, type Scalar } from 'yaml';
import { invalid, type TextTree, textLimit } from './text-tree.ts';

const jsonNumber = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;

/** Makes values from the nodes of a tree. What aliases make of it has a bound: a few lines can stand for terabytes. */
export class TreeValues {
  readonly #tree: TextTree;
  readonly #open = new Set<unknown>();
  #size = 0;

  constructor(tree: TextTree) {
    this.#tree = tree;
  }

  /** A value. A number that a double does not hold as it is written becomes its text. */
  value(node: unknown): unknown {
    return this.#take(node, {
      object: (members) => Object.fromEntries(members.map(([name, inner]) => [name, this.value(inner)])),
      list: (items) => items.map((item) => this.value(item)),
      scalar: ({ value, source }) => {
        if (typeof value !== 'number' || source === undefined || String(value) === source) return value;
        return source;
      },
    });
  }

  /** The JSON text of a value, each number as it is written. */
  json(node: unknown): string {
    return this.#take(node, {
      object: (members) =>
        `{${members.map(([name, inner]) => `${JSON.stringify(name)}:${this.json(inner)}`).join(',')}}`,
      list: (items) => `[${items.map((item) => this.json(item)).join(',')}]`,
      scalar: (scalar) => this.#jsonScalar(scalar),
    });
  }

  #jsonScalar(scalar: Scalar): string {
    const { value, source } = scalar;
    if (typeof value !== 'number') return JSON.stringify(value);
    if (source !== undefined && jsonNumber.test(source)) return source;
    if (Number.isFinite(value)) return JSON.stringify(value);
    throw invalid(`${this.#tree.at(scalar)}: ${String(source).slice(0, 64)} has no JSON form; write it as a text`);
  }

  #take<T>(node: unknown, as: Readers<T>): T {
    const { resolved, members, at } = this.#tree;
    const target = resolved(node);
    if (this.#open.has(target)) throw invalid(`${at(node)}: an alias stands for an object that it is part of`);
    if (isScalar(target)) {
      this.#grow(typeof target.value === 'string' ? target.value.length : 8);
      if (!isPlainValue(target.value)) throw invalid(`${at(target)}: must be text, a number, true, false or null`);
      return as.scalar(target);
    }
    if (target === null || target === undefined) return as.scalar({ value: null } as Scalar);
    this.#open.add(target);
    try {
      if (isMap(target)) {
        const entries = members(target);
        this.#grow(entries.reduce((sum, [name]) => sum + name.length + 8, 8));
        return as.object(entries);
      }
      if (isSeq(target)) {
        this.#grow(8 + target.items.length);
        return as.list(target.items);
      }
    } finally {
      this.#open.delete(target);
    }
    throw invalid(`${at(target)}: is not a value of JSON`);
  }

  #grow(size: number): void {
    this.#size += size;
    if (this.#size > 2 * textLimit) throw invalid('its aliases stand for more than 32 MB; write out less');
  }
}

interface Readers<T> {
  readonly object: (members: readonly (readonly [string, unknown])[]) => T;
  readonly list: (items: readonly unknown[]) => T;
  readonly scalar: (scalar: Scalar) => T;
}

function isPlainValue(value: unknown): boolean {
  return value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
