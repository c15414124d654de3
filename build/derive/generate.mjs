// `npm run generate`: writes everything that is derived from the schemas, or says what is wrong with them and writes
// nothing.
import { writeFileSync } from 'node:fs';
import { DeclarationError, derive, root } from './derive.mjs';

try {
  for (const [path, text] of Object.entries(derive())) writeFileSync(new URL(path, root), text);
} catch (error) {
  if (!(error instanceof DeclarationError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
