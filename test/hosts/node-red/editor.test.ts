import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { CHROMIUM, Editor, Hands, startBrowser } from './support/editor.ts';

const SECRETS = ['local-secret', 'wrong-secret-1', 'session-token-1', 'proxy-password-1', 'denied-secret'];
/** Functions that the local endpoint of the editor serves. */
const examples = readdirSync('examples/functions').filter((name) => name.endsWith('.mjs')).length;
const DIALOG = '#dialog-form';
const PANES = '#awsl-panes';

if (CHROMIUM === undefined) {
  test.skip('the editor in Chromium: skipped, since /usr/bin/chromium is not installed', () => {});
} else {
  describe('the editor in Chromium', suite);
}

function suite() {
  const editor = new Editor();
  let browser: Browser;
  let hands: Hands;

  beforeAll(async () => {
    await editor.start();
    browser = await startBrowser();
    hands = new Hands(await browser.newPage({ viewport: { width: 1440, height: 900 } }));
    hands.page.setDefaultTimeout(6_000);
    await hands.open(editor.url);
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    expect(await editor.stop()).toBe(0);
    editor.remove();
  });

  test('the three nodes are in the palette category API, with the examples in the import menu', async () => {
    const { page } = hands;
    await hands.shot('flow');
    const types = await page
      .locator('#red-ui-palette-API .red-ui-palette-node, [id="red-ui-palette-base-category-API"] .red-ui-palette-node')
      .evaluateAll((nodes) => [...new Set(nodes.map((node) => node.getAttribute('data-palette-type')))]);
    expect(types.sort()).toEqual([
      'connected.awslambda.invoke',
      'connected.awslambda.invoke_async',
      'connected.awslambda.list_functions',
    ]);
    const examples = await (await fetch(`${editor.url}library/examples/flows/ue-aws-lambda/flows/`)).text();
    for (const name of ['first steps', 'list every function', 'probe before use']) expect(examples).toContain(name);
  });

  test('a profile is made through the five tabs', async () => {
    const { page } = hands;
    await hands.newFlow('Orders');
    await hands.place('connected.awslambda.invoke', 380, 120);
    await hands.edit(await hands.newest('connected.awslambda.invoke'));
    await hands.addConnection();
    expect(await page.isDisabled('#node-config-dialog-ok')).toBe(true);
    await hands.fill('name', 'Plant 7');
    await hands.fill('description', 'Orders of plant 7');
    expect(await page.getByRole('combobox', { name: 'Region' }).inputValue()).toBe('us-east-1');
    await page.selectOption('#node-config-input-region-choice', 'custom');
    expect(await page.getByRole('textbox', { name: 'Custom Region…' }).getAttribute('id')).toBe(
      'node-config-input-region',
    );
    await hands.fill('region', 'Frankfurt');
    expect(await hands.faultAt(PANES, 'region')).toContain('must be the code of an AWS region');
    await page.selectOption('#node-config-input-region-choice', 'eu-central-1');
    expect(await hands.faultAt(PANES, 'region')).toBe('');
    await hands.shot('connection');

    await hands.tab('authentication');
    expect(await page.locator('#awsl-chain').textContent()).toContain('default credential chain');
    await hands.fill('accessKeyId', 'local');
    expect(await hands.faultAt(PANES, 'secretAccessKey')).toBe('');
    await page.locator('#node-config-input-secretAccessKey').focus();
    await page.locator('#node-config-input-sessionToken').focus();
    expect(await hands.faultAt(PANES, 'secretAccessKey')).toContain('must be set together');
    expect(await page.isDisabled('#node-config-dialog-ok')).toBe(true);
    await hands.shot('one key without the other');
    await hands.fill('secretAccessKey', 'wrong-secret-1');
    expect(await page.isDisabled('#node-config-dialog-ok')).toBe(false);
    await hands.shot('authentication');

    await hands.tab('advanced');
    await hands.fill('endpointUrl', editor.lambdaUrl);
    await hands.fill('timeout', '1801');
    expect(await hands.faultAt(PANES, 'timeout')).toContain('from 1 to 1800');
    await hands.fill('timeout', '30');
    await hands.shot('advanced');

    expect(await page.locator('#awsl-tab-health.awsl-tab-inactive').count()).toBe(1);
    await hands.tab('health');
    expect(await page.isDisabled('#awsl-test')).toBe(true);
    expect(await page.locator('#awsl-health').textContent()).toContain('once the connection has been saved');
    await hands.tab('functions');
    await page.locator('#awsl-functions', { hasText: 'secret access key is wrong' }).waitFor();
    await hands.saveConnection();
  });

  test('Test Connection shows a failure with cause and remedy, and a success', async () => {
    const { page } = hands;
    await hands.editConnection();
    expect(await page.locator('#awsl-tab-health.awsl-tab-inactive').count()).toBe(0);
    await hands.tab('health');
    await page.click('#awsl-test');
    await page.waitForSelector('.awsl-card.awsl-bad');
    const bad = await page.locator('#awsl-health').textContent();
    expect(bad).toContain('InvalidSignatureException');
    expect(bad).toContain('The secret access key is wrong');
    expect(bad).toContain('Enter the secret access key again');
    await hands.shot('health bad');

    await hands.tab('authentication');
    await hands.fill('accessKeyId', 'denied');
    await hands.fill('secretAccessKey', 'denied-secret');
    await hands.tab('health');
    await page.click('#awsl-test');
    await page.locator('.awsl-card.awsl-bad', { hasText: 'AccessDeniedException' }).waitFor();
    expect(await page.locator('#awsl-health').textContent()).toContain('missing lambda:GetAccountSettings');

    await hands.tab('authentication');
    await hands.fill('accessKeyId', 'local');
    await hands.fill('secretAccessKey', 'local-secret');
    await hands.tab('health');
    await page.click('#awsl-test');
    await page.waitForSelector('.awsl-card.awsl-good');
    await hands.shot('health good');
    await hands.tab('functions');
    await page.locator('#awsl-functions', { hasText: `${examples} of ${examples} functions` }).waitFor();
    await page.getByRole('searchbox', { name: 'Search by name, runtime or description' }).fill('price');
    expect(await page.locator('#awsl-functions tbody .awsl-function').allInnerTexts()).toEqual(['order']);
    await page.fill('#awsl-functions-search', '');
    await hands.shot('functions');
    await hands.saveConnection();
  });

  test('a function is picked, wired and run', async () => {
    const { page } = hands;
    await page.click('#node-input-functionName-search');
    await page.locator('.awsl-dropdown [role=option]', { hasText: 'order' }).first().waitFor();
    await hands.shot('function search');
    const combobox = page.getByRole('combobox', { name: 'Function Name or ARN' });
    const active = () =>
      page.evaluate(`(() => {
        const id = $('#node-input-functionName').attr('aria-activedescendant');
        const option = document.getElementById(id);
        return [option?.getAttribute('role'), option?.getAttribute('aria-selected'), option?.firstChild?.textContent];
      })()`);
    const options = await page.getByRole('option').locator('.awsl-function').allInnerTexts();
    expect(options.length).toBe(examples);
    expect(await combobox.getAttribute('aria-activedescendant')).toBeNull();
    for (const [key, index] of [
      ['ArrowDown', 0],
      ['ArrowDown', 1],
      ['ArrowUp', 0],
      ['ArrowUp', -1],
    ] as const) {
      await combobox.press(key);
      expect(await active()).toEqual(['option', 'true', options.at(index)]);
    }
    await combobox.press('Escape');
    expect(await combobox.getAttribute('aria-expanded')).toBe('false');
    expect(await combobox.getAttribute('aria-activedescendant')).toBeNull();
    expect(await page.isVisible('#node-dialog-ok')).toBe(true);
    await combobox.fill('price');
    expect(await combobox.getAttribute('aria-expanded')).toBe('true');
    await combobox.press('ArrowDown');
    await combobox.press('Enter');
    expect(await combobox.inputValue()).toBe('order');
    expect(await combobox.getAttribute('aria-expanded')).toBe('false');
    await writePayload('{ "id": {{ payload.id }} }');
    expect(await hands.faultAt(DIALOG, 'payload')).toContain('placeholder outside a string');
    await writePayload('{\n  "id": "{{ payload.id }}",\n  "items": "{{ payload.items }}"\n}');
    expect(await hands.faultAt(DIALOG, 'payload')).toBe('');
    await hands.shot('invoke');
    await hands.done();

    await hands.place('inject', 150, 120);
    await hands.place('debug', 620, 120);
    const [inject, invoke, debug] = [
      await hands.newest('inject'),
      await hands.newest('connected.awslambda.invoke'),
      await hands.newest('debug'),
    ];
    await hands.wire(inject, invoke);
    await hands.wire(invoke, debug);
    const order = '{"id":"A-17","items":[{"sku":"pen","quantity":2,"price":1.5}]}';
    await page.evaluate(`(() => {
      const node = RED.nodes.node(${JSON.stringify(inject)});
      Object.assign(node, { props: [{ p: 'payload' }], payload: ${JSON.stringify(order)}, payloadType: 'json', changed: true });
      RED.nodes.dirty(true);
    })()`);
    await hands.deploy();
    await page.evaluate(`RED.sidebar.show('debug')`);
    await hands.inject(inject);
    expect(await hands.statusOf(invoke, /^200 · /)).toMatch(/^200 · [\d.]+ s$/);
    expect(await hands.debugged(/total|object/)).toContain('object');
    await page.locator('.red-ui-debug-msg .red-ui-debug-msg-object-handle').first().click();
    await hands.shot('payload');
    const sent = await page.locator('.red-ui-debug-msg').last().textContent();
    expect(sent).toContain('order');
  });

  test('a function that throws reaches the Catch node, with a red ring under the node', async () => {
    const { page } = hands;
    await hands.place('connected.awslambda.invoke', 380, 240);
    const invoke = await hands.newest('connected.awslambda.invoke');
    await hands.edit(invoke);
    await page.selectOption('#node-input-connection', { label: 'Plant 7' });
    await page.fill('#node-input-functionName', 'fail');
    await page.keyboard.press('Escape');
    await hands.done();
    await hands.place('catch', 380, 330);
    await hands.place('debug', 620, 330);
    const inject = await hands.newest('inject');
    await hands.wire(inject, invoke);
    await hands.wire(await hands.newest('catch'), await hands.newest('debug'));
    await hands.deploy();
    await hands.inject(inject);
    expect(await hands.statusOf(invoke, /failed/)).toBe('execution failed');
    await page
      .locator('.red-ui-debug-msg', { hasText: 'errorType' })
      .or(page.locator('.red-ui-debug-msg', { hasText: 'object' }))
      .last()
      .waitFor();
    await hands.shot('catch');
  });

  test('reopened, the access key id is visible; secrets are masked and kept', async () => {
    const { page } = hands;
    await hands.edit(await hands.newest('connected.awslambda.invoke'));
    await hands.editConnection();
    await hands.tab('authentication');
    expect(await page.inputValue('#node-config-input-accessKeyId')).toBe('local');
    expect(await page.inputValue('#node-config-input-secretAccessKey')).toBe('');
    expect(await page.getAttribute('#node-config-input-secretAccessKey', 'placeholder')).toContain('empty keeps it');
    await hands.shot('secrets masked');
    await hands.tab('connection');
    await hands.fill('description', 'Orders of plant 7, by hand');
    await hands.saveConnection();
    await hands.done();
    await hands.deploy();
    await hands.inject(await hands.newest('inject'));
    await hands.edit(await hands.newest('connected.awslambda.invoke'));
    await hands.editConnection();
    await hands.tab('health');
    await page.click('#awsl-test');
    await page.waitForSelector('.awsl-card.awsl-good');
    await hands.tab('advanced');
    await hands.fill('endpointUrl', 'http://127.0.0.1:9');
    await hands.tab('health');
    await page.click('#awsl-test');
    await page
      .locator('.awsl-card.awsl-bad', {
        hasText: 'secretAccessKey: stored for the deployed connection, which differs in: endpointUrl. Enter',
      })
      .waitFor();
    await hands.shot('stored for another endpoint');
    await hands.tab('advanced');
    await hands.fill('endpointUrl', editor.lambdaUrl);
    await hands.tab('authentication');
    await page.locator('[data-field="secretAccessKey"] .awsl-forget').click();
    expect(await hands.faultAt(PANES, 'secretAccessKey')).toContain('must be set together');
    await page.locator('[data-field="secretAccessKey"] .awsl-forget').click();
    expect(await page.isDisabled('#node-config-dialog-ok')).toBe(false);
    await hands.saveConnection();
    await hands.done();
  });

  test('bad input in every field of a call gives a message at the field', async () => {
    const { page } = hands;
    await hands.edit(await hands.newest('connected.awslambda.invoke'));
    const bad: Record<string, [string, RegExp]> = {
      functionName: ['not a name', /must be the name of a function/],
      qualifier: ['a b', /version number or an alias/],
      clientContext: ['no base64', /base64 of a JSON object/],
      timeout: ['1801', /1 to 1800 seconds/],
      concurrency: ['0', /from 1 to 1000/],
    };
    for (const [field, [value, message]] of Object.entries(bad)) {
      await page.fill(`#node-input-${field}`, value);
      expect(await hands.faultAt(DIALOG, field)).toMatch(message);
    }
    await writePayload('{');
    expect(await hands.faultAt(DIALOG, 'payload')).toContain('must be valid JSON');
    await page.click('[data-payload=msg]');
    await page.fill('#node-input-payload-property', 'a..b');
    expect(await hands.faultAt(DIALOG, 'payload')).toContain('property of the message');
    await hands.shot('bad input');
    await page.click('#node-dialog-cancel');
    await page.waitForSelector('#node-dialog-ok', { state: 'detached' });

    await hands.place('connected.awslambda.list_functions', 380, 430);
    await hands.edit(await hands.newest('connected.awslambda.list_functions'));
    await page.fill('#node-input-marker', '{{ a b }}');
    await page.fill('#node-input-maxItems', '10001');
    expect(await hands.faultAt(DIALOG, 'marker')).toContain('is not a path');
    expect(await hands.faultAt(DIALOG, 'maxItems')).toContain('from 1 to 10000');
    await page.fill('#node-input-marker', '');
    await page.fill('#node-input-maxItems', '');
    await page.selectOption('#node-input-connection', { label: 'Plant 7' });
    await hands.shot('list functions');
    await hands.done();
  });

  test('bad input in every field of a connection gives a message at the field', async () => {
    const { page } = hands;
    await hands.edit(await hands.newest('connected.awslambda.list_functions'));
    await hands.addConnection();
    const bad: Record<string, [string, string, RegExp]> = {
      name: ['connection', 'x'.repeat(101), /at most 100 characters/],
      description: ['connection', 'x'.repeat(1001), /at most 1000 characters/],
      accessKeyId: ['authentication', 'a b', /without blanks/],
      secretAccessKey: ['authentication', 'a b', /without blanks/],
      sessionToken: ['authentication', 'session token 1', /without blanks/],
      roleArn: ['authentication', 'invoke', /ARN of an IAM role/],
      roleExternalId: ['authentication', '!', /2 to 1224/],
      roleSessionName: ['authentication', 'a b', /2 to 64/],
      roleDurationSeconds: ['authentication', '60', /900 to 43200/],
      endpointUrl: ['advanced', 'http://me:pw@localhost', /must not hold a user or password/],
      stsEndpointUrl: ['advanced', 'localhost', /http or https URL/],
      timeout: ['advanced', '0', /from 1 to 1800/],
      connectTimeout: ['advanced', '61', /from 1 to 60/],
      maxAttempts: ['advanced', 'many', /from 1 to 10/],
      proxyUser: ['advanced', 'a:b', /without a colon/],
      proxyCaBundleFile: ['advanced', '/x.pem', /only with Proxy/],
      proxy: ['advanced', 'proxy:3128', /URL with a scheme/],
    };
    for (const [field, [tab, value, message]] of Object.entries(bad)) {
      await hands.tab(tab);
      await hands.fill(field, value);
      expect([field, await hands.faultAt(PANES, field)]).toEqual([field, expect.stringMatching(message)]);
    }
    await hands.shot('bad connection');
    const summary = page.locator('#awsl-summary');
    expect(await summary.locator('> *').allInnerTexts()).toEqual([
      expect.stringMatching(/^Connection: Profile Name must .*at most 100 characters/),
      expect.stringMatching(/^Connection: Description must .*at most 1000 characters/),
      expect.stringMatching(/^Authentication: Access Key ID must .*without blanks/),
      'and 7 more',
    ]);
    const address = page.url();
    await summary.locator('a', { hasText: 'Access Key ID' }).click();
    expect(await page.getAttribute('#awsl-tab-authentication', 'aria-selected')).toBe('true');
    expect(await page.evaluate('document.activeElement.id')).toBe('node-config-input-accessKeyId');
    expect(page.url()).toBe(address);
    expect(await summary.locator('> *').allInnerTexts()).toContainEqual(
      expect.stringMatching(/^Advanced: STS Endpoint must/),
    );
    await hands.shot('fault summary');
    await hands.tab('advanced');
    await hands.fill('proxy', '');
    await hands.fill('proxyPassword', 'proxy-password-1');
    expect(await hands.faultAt(PANES, 'proxyPassword')).toContain('only with Proxy');
    expect(await page.isDisabled('#node-config-dialog-ok')).toBe(true);
    await page.click('#node-config-dialog-cancel');
    await page.waitForSelector('#node-config-dialog-ok', { state: 'detached' });
    await page.waitForTimeout(400);
    await page.click('#node-dialog-cancel');
    await page.waitForSelector('#node-dialog-ok', { state: 'detached' });
  });

  test('a session token and a proxy password are kept as secrets too', async () => {
    await hands.edit(await hands.newest('connected.awslambda.list_functions'));
    await hands.addConnection();
    await hands.fill('name', 'Through a proxy');
    await hands.tab('authentication');
    await hands.fill('accessKeyId', 'local');
    await hands.fill('secretAccessKey', 'local-secret');
    await hands.fill('sessionToken', 'session-token-1');
    await hands.tab('advanced');
    await hands.fill('proxy', 'http://127.0.0.1:9');
    await hands.fill('proxyUser', 'me');
    await hands.fill('proxyPassword', 'proxy-password-1');
    await hands.saveConnection();
    await hands.done();
    await hands.deploy();
    await hands.edit(await hands.newest('connected.awslambda.list_functions'));
    await hands.editConnection();
    await hands.tab('advanced');
    expect(await hands.page.inputValue('#node-config-input-proxyUser')).toBe('me');
    expect(await hands.page.inputValue('#node-config-input-proxyPassword')).toBe('');
    await hands.page.click('#node-config-dialog-cancel');
    await hands.page.waitForTimeout(600);
    await hands.page.click('#node-dialog-cancel');
  });

  test('no secret is in the flow file, nor in anything that the admin API gave', async () => {
    const files = readdirSync(editor.folder).filter((name) => name.endsWith('.json') && name !== 'package.json');
    expect(files).toContain('flows.json');
    const texts = [...files.map((name) => readFileSync(join(editor.folder, name), 'utf8')), ...hands.received];
    for (const path of ['flows', 'nodes', 'settings']) texts.push(await (await fetch(editor.url + path)).text());
    for (const secret of SECRETS) expect(texts.filter((text) => text.includes(secret))).toEqual([]);
    expect(hands.received.length).toBeGreaterThan(5);
    expect(hands.errors).toEqual([]);
  });

  async function writePayload(text: string) {
    await hands.page.evaluate(`monaco.editor.getEditors().at(-1).setValue(${JSON.stringify(text)})`);
  }
}
