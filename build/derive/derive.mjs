// Everything that is derived from the schemas. `npm run generate` writes it; a test shows that it is up to date.
import { readFileSync } from 'node:fs';
import { connectionFiles } from './connection.mjs';
import { fieldFaults, profileFaults } from './declaration.mjs';
import { withEchoedFields } from './echo.mjs';
import { fieldFiles } from './fields.mjs';
import { flowFiles } from './flow.mjs';
import { withInputs } from './github-action.mjs';
import { placeFaults } from './places.mjs';
import { withFieldTable } from './readme-fields.mjs';
import { templateOf } from './template.mjs';

export const root = new URL('../../', import.meta.url);
const read = (path) => readFileSync(new URL(path, root), 'utf8');
const readJson = (path) => JSON.parse(read(path));

const outputSchema = 'schemas/extension-output.schema.json';
const flowSchema = 'schemas/flow.schema.json';
const githubAction = 'examples/controllers/github-actions/action.yml';

/** Thrown when the schemas do not declare enough, or declare what cannot be. */
export class DeclarationError extends Error {}

/** What each derived file must hold: path -> text. Throws DeclarationError with every fault. */
export function derive() {
  const fields = readJson('schemas/fields.schema.json');
  const connection = readJson('schemas/connection.schema.json');
  const shipped = readJson('extension/hosts/universal-agent/shipped-fields.json');
  // A place is looked for by kind, so only for what is declared well.
  const declared = [...fieldFaults(fields), ...profileFaults(connection)];
  const faults = declared.length > 0 ? declared : placeFaults(fields, shipped);
  if (faults.length > 0) throw new DeclarationError(faults.join('\n'));
  return {
    ...fieldFiles(fields),
    ...connectionFiles(connection),
    ...flowFiles(read(flowSchema), fields, readJson(outputSchema)),
    [outputSchema]: withEchoedFields(read(outputSchema), fields),
    [githubAction]: withInputs(read(githubAction), fields),
    'template.json': templateOf(fields, shipped),
    'docs/reference.md': withFieldTable(read('docs/reference.md'), fields),
  };
}
