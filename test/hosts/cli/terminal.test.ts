import { describe, expect, test } from '@jest/globals';
import { functionTable } from '../../../extension/hosts/cli/function-table.ts';
import { prettyJson } from '../../../extension/hosts/cli/pretty-json.ts';
import { progressOf } from '../../../extension/hosts/cli/progress.ts';
import { terminalOf } from '../../../extension/hosts/cli/terminal.ts';
import { definitions, wrap } from '../../../extension/hosts/cli/text.ts';
import type { Outcome } from '../../../extension/outcome/outcome.ts';

const plain = (_style: unknown, text: string) => text;

describe('JSON on a terminal', () => {
  test.each([
    [
      '{"n":12345678901234567890,"n":1.50,"e":{},"l":[]}',
      '{\n  "n": 12345678901234567890,\n  "n": 1.50,\n  "e": {},\n  "l": []\n}',
    ],
    ['[1,[true,null],"a:{,}\\"b"]', '[\n  1,\n  [\n    true,\n    null\n  ],\n  "a:{,}\\"b"\n]'],
    [' "text" ', '"text"'],
  ])('%s keeps every digit and member', (text, expected) => {
    expect(prettyJson(text, plain)).toBe(expected);
    expect(JSON.parse(prettyJson(text, plain))).toEqual(JSON.parse(text));
  });

  test('shows no character that a terminal would obey', () => {
    const text = JSON.stringify('\u009b31m\u202e');
    expect(prettyJson(text, plain)).toBe('"\\u009b31m\\u202e"');
  });
});

describe('colours', () => {
  test.each([
    ['a terminal', { isTTY: true }, false, {}, true],
    ['a pipe', {}, false, {}, false],
    ['NO_COLOR', { isTTY: true }, false, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
    ['FORCE_COLOR on a pipe', {}, false, { FORCE_COLOR: '1' }, true],
    ['FORCE_COLOR=0', { isTTY: true }, false, { FORCE_COLOR: '0' }, false],
    ['--no-color', { isTTY: true }, true, { FORCE_COLOR: '1' }, false],
    ['a dumb terminal', { isTTY: true }, false, { TERM: 'dumb' }, false],
  ])('%s', (_name, stream, noColor, environment, coloured) => {
    const painted = terminalOf(stream, noColor, environment).paint('red', 'x');
    expect(painted).toBe(coloured ? '\u001b[31mx\u001b[39m' : 'x');
  });
});

describe('the table of functions', () => {
  const summary = (functionName: string, description: string) => ({
    ...{ functionName, description, functionArn: '', runtime: 'nodejs22.x', role: null, handler: null },
    ...{ version: '$LATEST', lastModified: '2026-11-24T00:00:00Z', timeout: 900, memorySize: 10240 },
  });
  const functions = [summary('n'.repeat(64), 'd'.repeat(256)), summary('short', 'äöü \u001b[31m')];
  const outcome = { answer: { kind: 'functions', statusCode: 200, functions, nextMarker: null } } as unknown as Outcome;

  test.each([60, 80, 120, 200])('fits %i columns', (width) => {
    const out = { isTerminal: true, width, paint: plain };
    const lines = functionTable.show(outcome, { out, err: out, isRaw: false }).trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines.filter((line) => [...line].length > width)).toEqual([]);
    expect(lines[0]).toMatch(width < 80 ? /^NAME / : /^NAME .* DESCRIPTION$/);
  });
});

describe('progress', () => {
  const log = { error() {}, warn() {}, info() {}, debug() {} };
  const moments = async (isTerminal: boolean, until: (written: string) => boolean) => {
    let written = '';
    let time = 0;
    const progress = progressOf(log, {
      ...{ what: 'order', limit: 60, isTerminal, quiet: false },
      write: (text) => (written += text),
      now: () => (time += 500),
    });
    while (!until(written)) await new Promise((resolve) => setTimeout(resolve, 20));
    progress.log.warn('a line of the log');
    const atLog = written;
    progress.stop();
    return { written, atLog };
  };

  test('on a terminal shows what has passed and what is left, and makes room for lines of the log', async () => {
    const { atLog } = await moments(true, (written) => written.includes('order'));
    expect(atLog).toMatch(/order: \d+ s, at most \d+ s more \(Ctrl-C cancels\)/);
    expect(atLog.endsWith('\r\u001b[2K')).toBe(true);
  });

  test('is silent when asked to be', () => {
    const write = () => {
      throw new Error('not quiet');
    };
    progressOf(log, { what: 'order', limit: 60, isTerminal: true, quiet: true, write }).stop();
  });
});

test('text is wrapped at blanks; a word that is too long is a line', () => {
  expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
  expect(definitions([['--a-very-long-flag VALUE', 'text']], 10, 30)).toBe(
    '  --a-very-long-flag VALUE\n          text\n',
  );
});
