import { readFileSync } from 'node:fs';
import Ajv2020 from 'ajv/dist/2020.js';
import { startLocal } from '../../local/server.ts';

export const KEYS = { accessKeyId: 'local', secretAccessKey: 'local-secret' };

export const startExamples = (directory = 'examples/functions') => startLocal({ directory, port: 0 });

const ajv = new Ajv2020.default({ allErrors: true, strictTypes: false, strictRequired: false });

const resultSchema = ajv.compile(readSchema('connector-result'));

export function readSchema(name: string) {
  return JSON.parse(readFileSync(`schemas/${name}.schema.json`, 'utf8'));
}

/** What is wrong with a result by its schema; empty when nothing is. */
export function schemaFaults(result: unknown): string {
  // As a pipeline sees it: through JSON.
  return resultSchema(JSON.parse(JSON.stringify(result))) ? '' : ajv.errorsText(resultSchema.errors);
}
