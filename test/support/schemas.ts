import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { root } from './run-program.ts';

const validators = new Map<string, ValidateFunction>();

/** Holds a value against a schema of schemas/; throws what does not fit. */
export function assertValid(name: string, value: unknown): void {
  const validate = validators.get(name) ?? compile(name);
  if (!validate(value)) throw new Error(JSON.stringify(validate.errors, null, 2));
}

export function readSchema(name: string) {
  return JSON.parse(readFileSync(`${root}schemas/${name}.schema.json`, 'utf8'));
}

function compile(name: string): ValidateFunction {
  const ajv = new Ajv2020({ allErrors: true, strict: false });
  const validate = ajv.compile(readSchema(name));
  validators.set(name, validate);
  return validate;
}
