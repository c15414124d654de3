import { describe, expect, test } from '@jest/globals';
import { requireNode } from '../../../extension/hosts/fleet/node-version.ts';

const said = (least: string | undefined, runtime: { node?: string; bun?: string }) => {
  try {
    requireNode(least, runtime);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('the Node of a fleet', () => {
  test.each([
    ['22.12.0', ''],
    ['22.13.1', ''],
    ['24.0.0', ''],
    ['100.1.0', ''],
    ['22.11.9', 'needs Node 22.12.0 or newer and this is Node 22.11.9'],
    ['20.19.4', 'needs Node 22.12.0 or newer and this is Node 20.19.4'],
  ])('%s', (node, sentence) => {
    expect(said(undefined, { node })).toContain(sentence);
    expect(said(undefined, { node }) === '').toBe(sentence === '');
  });

  test('more may be asked for', () => expect(said('22.22.0', { node: '22.21.9' })).toContain('22.22.0 or newer'));

  test('the executable says what to use', () => {
    expect(said(undefined, { node: '24.0.0', bun: '1.4.5' })).toContain(
      'does not run in the self-contained executable',
    );
  });
});
