import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { Version } from './versions.ts';

export const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path));

/** What `npm run editor` starts, in a folder of its own. */
export class Editor {
  readonly folder = mkdtempSync(join(tmpdir(), 'editor-'));
  url = '';
  lambdaUrl = '';
  output = '';
  /** For the names of screenshots. */
  readonly name: string;
  readonly #program: string;
  readonly #more: readonly string[];
  #process: ChildProcess | undefined;

  /**
   * With the Node-RED of this project and the Node of this process, or with those of a version; `permissions` are those of
   * whoever has not logged in, all without them.
   */
  constructor({ version, permissions }: { version?: Version; permissions?: readonly string[] } = {}) {
    this.name = version === undefined ? 'node-red' : basename(version.folder);
    this.#program = version?.node ?? process.execPath;
    const folder = version?.folder ?? process.env.NODE_RED_FOLDER;
    this.#more = [
      ...(folder === undefined ? [] : ['--node-red', folder]),
      ...(permissions === undefined ? [] : ['--permissions', permissions.join()]),
    ];
  }

  async start(): Promise<void> {
    const args = ['build/dev/editor.mjs', '--port', '0', '--lambda-port', '0', '--folder', this.folder, ...this.#more];
    const child = spawn(this.#program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = child;
    await new Promise<void>((ready, fail) => {
      const read = (chunk: Buffer) => {
        this.output += chunk.toString();
        if (this.output.includes('Ctrl-C')) ready();
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('exit', (code) => fail(new Error(`the editor ended with ${code}: ${this.output}`)));
    });
    this.url = /nodes: (\S+)/.exec(this.output)?.[1] ?? '';
    this.lambdaUrl = /endpoint: (\S+)/.exec(this.output)?.[1] ?? '';
  }

  /** Ends it as Ctrl-C does; gives its exit code. */
  async stop(): Promise<number | null> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null) return child?.exitCode ?? null;
    const ended = new Promise<number | null>((done) => child.once('exit', done));
    child.kill('SIGINT');
    return ended;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A fresh Chromium that reaches the loopback only. */
export async function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM as string,
    headless: true,
    args: [
      ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ],
  });
}

const shots = 'test-output/editor';

/** The hands of a user in the editor. */
export class Hands {
  readonly page: Page;
  /** Every text that came from the server, for what must not be in it. */
  readonly received: string[] = [];
  readonly errors: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.on('pageerror', (error) => this.errors.push(error.message));
    page.on('response', async (response) => {
      if (/\/(flows|credentials|awslambda|nodes)\b/.test(new URL(response.url()).pathname)) {
        this.received.push(await response.text().catch(() => ''));
      }
    });
  }

  async open(url: string): Promise<void> {
    const timeout = 40_000; // on a busy machine
    await this.page.goto(url, { timeout });
    await this.page.waitForSelector('.red-ui-flow-node', { timeout });
    await this.page.waitForSelector('[data-palette-type="connected.awslambda.invoke"]');
  }

  async shot(name: string): Promise<void> {
    await mkdir(shots, { recursive: true });
    await this.page.waitForTimeout(400); // for the trays to come to rest
    const style = '#red-ui-notifications { display: none }';
    await this.page.screenshot({ path: join(shots, `${name}.png`), style });
  }

  /** Adds a flow of its own and goes there. */
  async newFlow(name: string): Promise<void> {
    await this.page.evaluate(`RED.actions.invoke('core:add-flow')`);
    await this.page.evaluate(`(() => {
      const tab = RED.nodes.workspace(RED.workspaces.active());
      tab.label = ${JSON.stringify(name)};
    })()`);
  }

  /** Takes a node from the palette to the workspace. */
  async place(type: string, x: number, y: number): Promise<void> {
    const source = this.page.locator(`.red-ui-palette-node[data-palette-type="${type}"]`);
    await source.scrollIntoViewIfNeeded();
    const [from, chart] = [
      await source.boundingBox(),
      await this.page.locator('#red-ui-workspace-chart').boundingBox(),
    ];
    if (from === null || chart === null) throw new Error(`${type} is not in the palette`);
    const { mouse } = this.page;
    await mouse.move(from.x + from.width / 2, from.y + from.height / 2);
    await mouse.down();
    await mouse.move(chart.x + x - 40, chart.y + y, { steps: 5 });
    await mouse.move(chart.x + x, chart.y + y, { steps: 3 });
    await mouse.up();
  }

  /** Draws a wire from the output of one node to the input of another. */
  async wire(from: string, to: string): Promise<void> {
    const output = this.#node(from).locator('.red-ui-flow-port-output').first();
    const input = this.#node(to).locator('.red-ui-flow-port-input').first();
    const [a, b] = [await output.boundingBox(), await input.boundingBox()];
    if (a === null || b === null) throw new Error(`no ports between ${from} and ${to}`);
    const { mouse } = this.page;
    await mouse.move(a.x + a.width / 2, a.y + a.height / 2);
    await mouse.down();
    await mouse.move(b.x + b.width / 2, b.y + b.height / 2, { steps: 8 });
    await mouse.up();
  }

  /** The id of the newest node of a type in the active flow. */
  async newest(type: string): Promise<string> {
    return this.page.evaluate(
      `RED.nodes.filterNodes({ z: RED.workspaces.active() }).filter((n) => n.type === ${JSON.stringify(type)}).at(-1).id`,
    ) as Promise<string>;
  }

  async edit(id: string): Promise<void> {
    await this.#node(id).locator('rect.red-ui-flow-node').first().dblclick();
    await this.page.waitForSelector('#node-dialog-ok');
    await this.page.waitForTimeout(400);
  }

  async done(): Promise<void> {
    await this.page.click('#node-dialog-ok');
    await this.page.waitForSelector('#node-dialog-ok', { state: 'detached' });
  }

  async editConnection(): Promise<void> {
    // Node-RED 3 has another id.
    await this.page.click('#node-input-btn-connection-edit, #node-input-lookup-connection');
    await this.connectionOpened();
  }

  async addConnection(): Promise<void> {
    await this.page.click('#node-input-btn-connection-add');
    await this.connectionOpened();
  }

  async connectionOpened(): Promise<void> {
    await this.page.waitForSelector('#node-config-dialog-ok');
    await this.page.waitForTimeout(400);
  }

  async saveConnection(): Promise<void> {
    await this.page.click('#node-config-dialog-ok');
    await this.page.waitForSelector('#node-config-dialog-ok', { state: 'detached' });
    await this.page.waitForTimeout(400);
  }

  async tab(name: string): Promise<void> {
    await this.page.click(`#awsl-tab-${name}`);
  }

  async fill(field: string, value: string): Promise<void> {
    await this.page.fill(`#node-config-input-${field}`, value);
  }

  /** The message at a field; empty when there is none. */
  async faultAt(form: '#awsl-panes' | '#dialog-form', field: string): Promise<string> {
    const fault = await this.page.locator(`${form} [data-field="${field}"] .awsl-fault`).textContent();
    return fault ?? '';
  }

  async deploy(): Promise<void> {
    await this.page.click('#red-ui-header-button-deploy');
    await this.page.waitForSelector('#red-ui-header-button-deploy.disabled');
    await this.page.waitForTimeout(500);
  }

  /** Presses the button of an inject node. */
  async inject(id: string): Promise<void> {
    await this.#node(id).locator('.red-ui-flow-node-button-button').click();
  }

  /** The text of the newest line in the debug pane that matches. */
  async debugged(pattern: RegExp): Promise<string> {
    const line = this.page.locator('.red-ui-debug-msg', { hasText: pattern }).last();
    await line.waitFor();
    return (await line.textContent()) ?? '';
  }

  async statusOf(id: string, pattern: RegExp): Promise<string> {
    const label = this.#node(id).locator('.red-ui-flow-node-status-label', { hasText: pattern });
    await label.waitFor();
    return (await label.textContent()) ?? '';
  }

  #node(id: string) {
    return this.page.locator(`#${CSS_ESCAPE(id)}`);
  }
}

/** Ids of nodes may begin with a digit. */
const CSS_ESCAPE = (id: string) => id.replace(/^(\d)/, '\\3$1 ');
