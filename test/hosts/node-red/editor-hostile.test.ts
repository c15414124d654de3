import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { CHROMIUM, Editor, Hands, startBrowser } from './support/editor.ts';
import { type StandIn, standIn } from './support/lambda-stand-in.ts';

if (CHROMIUM === undefined) {
  test.skip('the forms in Chromium: skipped, since /usr/bin/chromium is not installed', () => {});
} else {
  describe('the forms in Chromium', suite);
}

const types = ['invoke', 'invoke_async', 'list_functions'].map((kind) => `connected.awslambda.${kind}`);

function suite() {
  const editor = new Editor();
  let browser: Browser;
  let hands: Hands;
  let page: Page;
  let lambda: StandIn;

  beforeAll(async () => {
    lambda = await standIn();
    await editor.start();
    await deploy([
      { id: 'flow', type: 'tab', label: 'Forms' },
      {
        ...{ id: 'connection', type: 'connected.awslambda.connection', name: 'Plant 7', region: 'us-east-1' },
        ...{
          endpointUrl: lambda.url,
          timeout: '60',
          credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'never-shown' },
        },
      },
      // Only what a flow of another version may have: unknown properties, and none of ours but the name.
      ...types.map((type, index) => ({
        ...{ id: `node-${index}`, type, z: 'flow', x: 300, y: 100 + 80 * index, wires: [[]] },
        ...{ connection: 'connection', function: 'order', function_name: 'order', timeoutSeconds: 5, mode: 'sync' },
      })),
    ]);
    browser = await startBrowser();
    hands = new Hands(await browser.newPage({ viewport: { width: 1440, height: 900 } }));
    page = hands.page;
    page.setDefaultTimeout(6_000);
    await hands.open(editor.url);
  }, 90_000);

  beforeEach(() => {
    lambda.functions = [];
  });

  afterAll(async () => {
    await browser?.close();
    await editor.stop();
    await lambda.close();
    editor.remove();
  });

  async function deploy(flows: object[]) {
    const headers = { 'content-type': 'application/json', 'node-red-deployment-type': 'full' };
    const answer = await fetch(`${editor.url}flows`, { method: 'POST', headers, body: JSON.stringify(flows) });
    expect(answer.status).toBe(204);
  }

  async function cancel() {
    await page.click('#node-dialog-cancel');
    await page.waitForSelector('#node-dialog-ok', { state: 'detached' });
    await page.waitForTimeout(400); // until the tray has gone
  }

  async function cancelConnection() {
    await page.click('#node-config-dialog-cancel');
    await page.waitForSelector('#node-config-dialog-ok', { state: 'detached' });
    await page.waitForTimeout(400);
  }

  /** The labels of the open form, and its controls that have no accessible name. */
  const read = () =>
    page.evaluate(`(() => {
      const form = $('.awsl-form').last();
      const named = (control) =>
        control.labels?.length > 0 || control.getAttribute('aria-label') || control.textContent.trim();
      const controls = form.find(':input').not('[type=hidden], .awsl-forget').get();
      return {
        labels: form.find('.awsl-row > label').get().map((label) => label.textContent.trim()),
        unnamed: controls.filter((control) => !named(control)).map(({ id, outerHTML }) => id || outerHTML),
      };
    })()`) as Promise<{ labels: string[]; unnamed: string[] }>;

  test.each([
    [
      0,
      [
        'Function Name or ARN',
        'Qualifier',
        'Payload',
        'Log Type',
        'Client Context',
        'Dry Run',
        'Timeout Override (seconds)',
      ],
    ],
    [1, ['Function Name or ARN', 'Qualifier', 'Payload', 'Client Context', 'Timeout Override (seconds)']],
    [2, ['Marker', 'Max Items', 'Function Version']],
  ])(
    'the labels of node %i, a name for every control, and defaults for what an old flow lacks',
    async (index, labels) => {
      await hands.edit(`node-${index}`);
      const form = await read();
      expect(form.labels).toEqual(expect.arrayContaining(labels));
      // Node-RED makes the control of a connection itself.
      expect(form.unnamed.filter((id) => !/^node-input-(btn-)?connection/.test(id))).toEqual([]);
      const value = (field: string) => page.inputValue(`#node-input-${field}`);
      expect(await value('concurrency')).toBe('10');
      if (index === 2) expect([await value('maxItems'), await value('functionVersion')]).toEqual(['50', 'ALL']);
      else expect([await value('payload'), await value('payloadType')]).toEqual(['{}', 'json']);
      if (index === 0) expect([await value('logType'), await value('timeout')]).toEqual(['None', '']);
      expect(await hands.faultAt('#dialog-form', 'functionName').catch(() => 'none')).toBe(index === 2 ? 'none' : '');
      await hands.shot(`old flow ${index}`);
      await cancel();
    },
  );

  test('the labels of the connection; only the access key id is visible', async () => {
    await hands.edit('node-0');
    await hands.editConnection();
    const form = await read();
    expect(form.labels.slice(0, 6)).toEqual([
      ...['Profile Name', 'Description', 'Region', 'Access Key ID', 'Secret Access Key', 'Session Token'],
    ]);
    expect(form.labels).toEqual(expect.arrayContaining(['Custom Endpoint', 'Request Timeout (seconds)']));
    expect(form.unnamed).toEqual([]);
    await hands.tab('authentication');
    expect(await page.inputValue('#node-config-input-accessKeyId')).toBe('AKIDEXAMPLE');
    expect(await page.inputValue('#node-config-input-secretAccessKey')).toBe('');
    await hands.shot('access key id');
    // Tabs by the keyboard.
    await page.focus('#awsl-tab-authentication');
    await page.keyboard.press('ArrowRight');
    expect(await page.evaluate('document.activeElement.id')).toBe('awsl-tab-advanced');
    await cancelConnection();
    await cancel();
    const credentials = await (
      await fetch(`${editor.url}credentials/connected.awslambda.connection/connection`)
    ).text();
    expect(credentials).toContain('AKIDEXAMPLE');
    expect([credentials, ...hands.received].filter((text) => text.includes('never-shown'))).toEqual([]);
  });

  const hostile = [
    '<img src=x onerror="window.attacked=1">',
    '"><script>window.attacked=2</script>',
    "'; window.attacked=3; '",
    '{{ msg.payload }}',
    '__proto__',
    '',
    '‮reversed',
    'x'.repeat(5000),
  ];

  test('hostile names are text in the picker and in the list of the connection', async () => {
    lambda.functions = hostile;
    await hands.edit('node-0');
    await page.click('#node-input-functionName-search');
    await page.locator('.awsl-dropdown [role=option]').first().waitFor();
    expect(await page.locator('.awsl-dropdown [role=option]').locator('.awsl-function').allTextContents()).toEqual(
      hostile,
    );
    await hands.shot('hostile names');
    await page.locator('.awsl-dropdown [role=option]').first().click();
    expect(await page.inputValue('#node-input-functionName')).toBe(hostile[0]);
    expect(await hands.faultAt('#dialog-form', 'functionName')).toMatch(/must be the name of a function/);
    await hands.editConnection();
    await hands.tab('functions');
    await page.locator('#awsl-functions', { hasText: `${hostile.length} of ${hostile.length}` }).waitFor();
    await hands.shot('hostile list');
    await cancelConnection();
    await cancel();
    expect(await page.evaluate('window.attacked')).toBeUndefined();
    expect(await page.locator('img[src=x]').count()).toBe(0);
  });

  test('of 10,000 functions the picker draws the first, and narrows', async () => {
    lambda.functions = Array.from({ length: 10_000 }, (_, index) => `fn-${index}`);
    await hands.edit('node-1');
    await page.click('#node-input-functionName-search');
    await page.locator('.awsl-dropdown [role=option]').first().waitFor();
    expect(await page.locator('.awsl-dropdown [role=option]').count()).toBe(100);
    expect(await page.locator('.awsl-more').textContent()).toMatch(/^The first 100 of [\d]+: type more/);
    await page.fill('#node-input-functionName', 'fn-777');
    expect(await page.locator('.awsl-dropdown [role=option]').locator('.awsl-function').first().textContent()).toBe(
      'fn-777',
    );
    await hands.shot('10,000 functions');
    await page.keyboard.press('Escape');
    await cancel();
  });

  test('a form that is closed ends the calls that it has begun', async () => {
    lambda.functions = null;
    const before = { ...lambda.calls };
    await hands.edit('node-0');
    await page.click('#node-input-functionName-search');
    await until(() => lambda.calls.asked > before.asked);
    await hands.editConnection();
    await hands.tab('health');
    await page.click('#awsl-test');
    await until(() => lambda.calls.asked > before.asked + 1);
    await hands.tab('functions');
    await until(() => lambda.calls.asked > before.asked + 2);
    await cancelConnection();
    await until(() => lambda.calls.gone === before.gone + 2);
    await cancel();
    await until(() => lambda.calls.gone === before.gone + 3);
  });

  test('an admin API that answers something else is reported, with what to do', async () => {
    const foreign = /Something else than these nodes answered.*Reload the editor/;
    const answers: [number, string, string, RegExp][] = [
      [200, 'text/html', '<html>Log in</html>', foreign],
      [200, 'application/json', '<html>Log in</html>', foreign],
      [200, 'application/json', '[]', foreign],
      [200, 'application/json', '{"success":true}', foreign],
      [401, 'text/html', 'Unauthorized', /refused the question.*status 401.*awslambda\.write/],
      [403, 'text/plain', 'Forbidden', /refused the question.*status 403/],
      [502, 'text/html', '<html>Bad gateway</html>', /did not answer.*status 502/],
      [415, 'application/json', '{"success":false,"error":"The type must be JSON"}', /The type must be JSON/],
    ];
    let answer = { status: 200, contentType: 'text/html', body: '<html>Log in</html>' };
    await page.route('**/awslambda/*', (route) => route.fulfill(answer));
    await hands.edit('node-0');
    await page.click('#node-input-functionName-search');
    await page.locator('.awsl-dropdown .awsl-bad', { hasText: foreign }).waitFor();
    await hands.editConnection();
    for (const [status, contentType, body, expected] of answers) {
      answer = { status, contentType, body };
      await hands.tab('health');
      await page.click('#awsl-test');
      await page.locator('#awsl-health .awsl-bad', { hasText: expected }).waitFor();
      expect(await page.isEnabled('#awsl-test')).toBe(true);
      await hands.tab('functions');
      await page.click('#awsl-functions-refresh');
      await page.locator('#awsl-functions .awsl-bad', { hasText: expected }).waitFor();
    }
    await hands.shot('admin API answers something else');
    await cancelConnection();
    await cancel();
    await page.unroute('**/awslambda/*');
  });

  test('no script failed in all of this', () => {
    expect(hands.errors).toEqual([]);
  });
}

/** Waits until something is true; the test's own limit ends the wait. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((done) => setTimeout(done, 20));
}
