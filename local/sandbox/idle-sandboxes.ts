import type { Sandbox } from './sandbox.ts';

/** Copies of one function that are kept warm; what is idle beyond that for so long (ms) ends. */
const LIMIT = 10;
const SURPLUS_MS = 2000;

interface Idle {
  readonly sandbox: Sandbox;
  readonly since: number;
}

/** The warm copies that run nothing. Those of a burst stay for a while, for the next one. */
export class IdleSandboxes {
  /** By the function's name, the one that has been idle longest first. */
  readonly #byName = new Map<string, Idle[]>();
  readonly #end: (sandbox: Sandbox) => void;
  #timer: NodeJS.Timeout | undefined;

  /** `end` ends a copy that is too many. */
  constructor(end: (sandbox: Sandbox) => void) {
    this.#end = end;
  }

  get count(): number {
    return [...this.#byName.values()].reduce((count, idle) => count + idle.length, 0);
  }

  has(name: string): boolean {
    return (this.#byName.get(name)?.length ?? 0) > 0;
  }

  /** The one that was used last. */
  take(name: string): Sandbox | undefined {
    return this.#byName.get(name)?.pop()?.sandbox;
  }

  keep(sandbox: Sandbox): void {
    const idle = this.#byName.get(sandbox.fn.name) ?? [];
    this.#byName.set(sandbox.fn.name, idle);
    idle.push({ sandbox, since: performance.now() });
    if (idle.length > LIMIT) this.#timer ??= setTimeout(() => this.#trim(), SURPLUS_MS);
  }

  /** Trims no more: the endpoint closes. */
  close(): void {
    clearTimeout(this.#timer);
  }

  #trim(): void {
    this.#timer = undefined;
    const before = performance.now() - SURPLUS_MS;
    for (const idle of this.#byName.values()) {
      const surplus = idle.slice(0, -LIMIT).filter(({ since }) => since <= before);
      for (const { sandbox } of idle.splice(0, surplus.length)) this.#end(sandbox);
      if (idle.length > LIMIT) this.#timer ??= setTimeout(() => this.#trim(), SURPLUS_MS);
    }
  }
}
