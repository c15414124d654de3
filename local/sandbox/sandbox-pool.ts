import { isDeepStrictEqual } from 'node:util';
import { type FunctionConfig, parseFunctionConfig } from '../functions/function-config.ts';
import type { FunctionFile } from '../functions/function-files.ts';
import { createCopyIdentity } from './copy-identity.ts';
import { IdleSandboxes } from './idle-sandboxes.ts';
import type { Lease } from './lease.ts';
import { type Ending, type Sandbox, startSandbox } from './sandbox.ts';
import { sandboxEnvironment } from './sandbox-environment.ts';
import { WaitingLine } from './waiting-line.ts';

export interface SandboxPoolOptions {
  readonly runtimeFile: string;
  /** Where the children post streamed responses. */
  readonly runtimeApi: string;
  readonly timeoutSeconds: number;
  /** At most this many copies run at a time: a caller's loop must not take the machine down. */
  readonly concurrentExecutions: number;
  /** The URL of the endpoint, under which functions can call each other. */
  readonly url: () => string;
}

/** All child processes of the endpoint: warm ones are used again, concurrent invocations get one each. */
export class SandboxPool {
  readonly #options: SandboxPoolOptions;
  readonly #all = new Set<Sandbox>();
  readonly #idle = new IdleSandboxes((sandbox) => void this.#end(sandbox));
  readonly #configs = new Map<string, { modified: number; config: FunctionConfig }>();
  /** Copies that have run nothing yet, and how long they took to start. */
  readonly #fresh = new Map<Sandbox, number>();
  readonly #line: WaitingLine;
  #starting = 0;
  #closed = false;

  constructor(options: SandboxPoolOptions) {
    this.#options = options;
    this.#line = new WaitingLine({
      isFull: () => this.full,
      copies: () => this.#all.size,
      starting: () => this.#starting,
      hasIdle: ({ name }) => this.#idle.has(name),
      acquire: (fn, region) => this.acquire(fn, region),
    });
  }

  get concurrentExecutions(): number {
    return this.#options.concurrentExecutions;
  }

  get full(): boolean {
    return this.#all.size - this.#idle.count >= this.#options.concurrentExecutions;
  }

  async acquire(fn: FunctionFile, region: string): Promise<Lease> {
    const known = this.known(fn);
    for (let sandbox = this.#idle.take(fn.name); sandbox !== undefined; sandbox = this.#idle.take(fn.name)) {
      const fits = sandbox.alive && sandbox.fn.modified === fn.modified && sandbox.env.AWS_REGION === region;
      if (fits && known !== undefined) return this.#hand(sandbox, known);
      // It has died, its file was edited since, or it was made for another region: the code is loaded again.
      await this.#end(sandbox);
    }
    return this.#start(fn, region);
  }

  /** Waits until a copy may run, for work that nobody has to refuse; nothing when the endpoint closes. */
  async lease(fn: FunctionFile, region: string): Promise<Lease | undefined> {
    return this.#closed ? undefined : this.#line.join(fn, region);
  }

  /** Finds out a function's configuration, and keeps the copy that had to be started for it. */
  async prepare(fn: FunctionFile, region: string): Promise<{ config: FunctionConfig; lease?: Lease }> {
    const known = this.known(fn);
    if (known !== undefined) return { config: known };
    const lease = await this.#start(fn, region);
    return { config: lease.config, lease };
  }

  /** Takes back a lease that was not used. */
  giveBack(lease: Lease): void {
    if (!('sandbox' in lease)) return;
    if (lease.initMs !== undefined) this.#fresh.set(lease.sandbox, lease.initMs);
    this.release(lease.sandbox);
  }

  /** Takes a copy back after its invocation. */
  release(sandbox: Sandbox): void {
    if (sandbox.alive && !this.#closed) this.#idle.keep(sandbox);
    else void this.#end(sandbox);
    this.#line.cameFree();
  }

  /** Finds out a function's configuration, for which its code has to be loaded once. */
  async describe(fn: FunctionFile, region: string): Promise<FunctionConfig> {
    const { config, lease } = await this.prepare(fn, region);
    if (lease !== undefined) this.giveBack(lease);
    return config;
  }

  /** The configuration of code that has been loaded before. */
  known(fn: FunctionFile): FunctionConfig | undefined {
    const entry = this.#configs.get(fn.file);
    return entry?.modified === fn.modified ? entry.config : undefined;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#idle.close();
    this.#line.close();
    await Promise.all([...this.#all].map((sandbox) => this.#end(sandbox)));
  }

  #hand(sandbox: Sandbox, config: FunctionConfig): Lease {
    const initMs = this.#fresh.get(sandbox);
    this.#fresh.delete(sandbox);
    return { sandbox, config, initMs };
  }

  async #start(fn: FunctionFile, region: string): Promise<Lease> {
    this.#starting += 1;
    try {
      return await this.#load(fn, region);
    } finally {
      this.#starting -= 1;
      this.#line.serve();
    }
  }

  async #load(fn: FunctionFile, region: string): Promise<Lease> {
    const { runtimeFile, runtimeApi, timeoutSeconds, url } = this.#options;
    const defaults = parseFunctionConfig({}, timeoutSeconds);
    const known = this.known(fn);
    const started = performance.now();
    const identity = createCopyIdentity();
    const environment = sandboxEnvironment(fn, known ?? defaults, region, url(), identity);
    const sandbox = startSandbox(fn, environment, identity, [runtimeFile, runtimeApi]);
    this.#all.add(sandbox);
    if (this.#closed) await this.#end(sandbox);
    // Lambda starts a copy again that needs more than ten seconds; here the function's own timeout is the limit.
    const ending = await sandbox.init((known ?? defaults).timeout * 1000);
    const initMs = performance.now() - started;
    if (ending.kind !== 'ready') return this.#fail(sandbox, ending, known ?? defaults, initMs);
    if (known !== undefined) return { sandbox, config: known, initMs };
    try {
      const config = parseFunctionConfig(ending.config, timeoutSeconds);
      this.#configs.set(fn.file, { modified: fn.modified, config });
      const { environment: own, loggingConfig } = config;
      const asLoaded = Object.keys(own).length === 0 && isDeepStrictEqual(loggingConfig, defaults.loggingConfig);
      if (asLoaded) return { sandbox, config, initMs };
      // Code may read its environment while it is loaded: now that it is known, the copy starts again with it.
      await this.#end(sandbox);
      return await this.#load(fn, region);
    } catch (error) {
      const body = JSON.stringify({ errorType: 'InvalidConfig', errorMessage: (error as Error).message, trace: [] });
      return this.#fail(sandbox, { kind: 'error', body, maxMemoryUsed: 0 }, defaults, initMs);
    }
  }

  async #fail(sandbox: Sandbox, failure: Ending, config: FunctionConfig, initMs: number): Promise<Lease> {
    await this.#end(sandbox);
    return { failure, output: sandbox.takeOutput(), config, initMs };
  }

  async #end(sandbox: Sandbox): Promise<void> {
    await sandbox.close();
    this.#all.delete(sandbox);
    this.#fresh.delete(sandbox);
    this.#line.serve();
  }
}
