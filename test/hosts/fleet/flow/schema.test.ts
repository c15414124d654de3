import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { checkFlow } from '../../../../extension/hosts/fleet/flow/submit.ts';
import { root } from '../../../support/run-program.ts';
import { readSchema } from '../../../support/schemas.ts';

const example = readFileSync(`${root}examples/fleet/flow.yaml`, 'utf8');

// As an editor does it: the file's own schema, which refers to that of the fields.
const ajv = new Ajv2020({ strict: false, schemas: [readSchema('fields')] });
const isFlow = ajv.compile(readSchema('flow'));
const flow = (fields: object, task: object = {}) => ({ name: 'a', tasks: { t: { ...task, fields } } });

test('the example is a flow for an editor and for the program', () => {
  expect([isFlow(parse(example)), isFlow.errors]).toEqual([true, null]);
  expect([...checkFlow(example, { keys: null }).tasks.keys()]).toHaveLength(6);
});

test.each<readonly [boolean, object]>([
  [true, flow({ function_name: 'f', max_attempts: '{{ a.exit_code }}', payload_script: [1], region: null })],
  [true, flow({ function_name: 'f', credentials: { from: 'env:X' } }, { when: 'always', needs: ['a'] })],
  [false, flow({ funktion_name: 'f' })],
  [false, flow({ max_attempts: 99 })],
  [false, flow({ action: '{{ a.exit_code }}' })],
  [false, flow({}, { when: 'maybe' })],
  [false, { name: 'a', tasks: {} }],
  [false, { name: 'a', tasks: { flow: { fields: {} } } }],
])('an editor says %s to %j', (right, value) => {
  expect(isFlow(value)).toBe(right);
});
