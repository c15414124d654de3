import { afterEach, describe, expect, test } from '@jest/globals';
import { type Answer, askLibrary, askProgram, type Case, inputOf, loadCases } from '../support/case.ts';
import { assertValid } from '../support/schemas.ts';
import { type ScriptedServer, scriptedServer } from '../support/scripted-server.ts';

let server: ScriptedServer | undefined;
afterEach(() => server?.close());

const cases = loadCases();

describe('through the library', () => {
  // The environment belongs to the process, so cases that set it are the program's alone.
  const own = cases.filter(([, { env }]) => env === undefined);
  test.each(own)('%s', async (_name, entry) => {
    server = await scriptedServer(entry.server ?? {});
    check(entry, await askLibrary(inputOf(entry, server)), server);
  });
});

describe('through the program', () => {
  test.each(cases)('%s', async (_name, entry) => {
    server = await scriptedServer(entry.server ?? {});
    const env = Object.entries(entry.env ?? {}).map(([key, value]) => [
      key,
      value.replaceAll('{server}', server?.url ?? ''),
    ]);
    check(entry, await askProgram(inputOf(entry, server), Object.fromEntries(env)), server);
  });
});

function check({ expect: expected }: Case, { code, text }: Answer, { received }: ScriptedServer): void {
  const output = JSON.parse(text);
  if (output.exit_code !== expected.exit) expect(output).toMatchObject({ exit_code: expected.exit });
  expect(code).toBe(expected.exit);
  assertValid('extension-output', output);
  if (expected.description !== undefined) expect(output.status_description).toBe(expected.description);
  if (expected.changed !== undefined) expect(output.changed).toBe(expected.changed);
  if (expected.result !== undefined) expect(output.result).toMatchObject(expected.result);
  if (expected.echoed !== undefined) expect(output.invocation.fields).toMatchObject(expected.echoed);
  if (expected.verbatim !== undefined) expect(text).toContain(expected.verbatim);
  if (expected.errors !== undefined) checkErrors(output.result.error ?? [], expected.errors);
  if (expected.requests !== undefined) expect(received).toHaveLength(expected.requests);
  const { sent } = expected;
  if (sent === undefined) return;
  const [request] = received;
  if (sent.path !== undefined) expect(request?.path).toBe(sent.path);
  if (sent.body !== undefined) expect(request?.body.toString()).toBe(sent.body);
  if (sent.headers !== undefined) expect(request?.headers).toMatchObject(sent.headers);
  for (const name of sent.absent ?? []) expect(request?.headers).not.toHaveProperty(name);
}

function checkErrors(errors: object[], expected: NonNullable<Case['expect']['errors']>): void {
  expect(errors).toHaveLength(expected.length);
  for (const entry of expected) expect(errors).toContainEqual(expect.objectContaining(entry));
}
