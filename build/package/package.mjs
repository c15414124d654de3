/**
 * Makes the packages that a Universal Controller imports: dist/unv_tmplt_AWS_Lambda-<version>.zip around the program for
 * Node, and …-standalone.zip around the executable. The same input gives the same bytes.
 *
 *   node build/package/package.mjs [--program DIR] [--out DIR]     both default to dist
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { zipSync } from 'fflate';
import { noAnswerDocuments } from './no-answer.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const host = join(root, 'extension/hosts/universal-agent');
const executable = 'ue-aws-lambda-linux-x64';

const { values } = parseArgs({ options: { program: { type: 'string' }, out: { type: 'string' } } });
const from = values.program ?? join(root, 'dist');
const to = values.out ?? join(root, 'dist');

const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const template = JSON.parse(readFileSync(join(root, 'template.json'), 'utf8'));
const schema = JSON.parse(readFileSync(join(root, 'schemas/fields.schema.json'), 'utf8'));

for (const file of [join(from, 'main.cjs'), join(root, 'dist/index.js')]) {
  if (existsSync(file)) continue;
  console.error(`${file} is missing: build the program first (npm run build).`);
  process.exit(1);
}
mkdirSync(to, { recursive: true });
const noAnswer = await noAnswerDocuments();

const bundle = readdirSync(from).filter((file) => /\.(cjs|cache)$/.test(file));
write('', {
  kind: 'node',
  entry: 'main.cjs',
  files: { ...read(from, bundle), ...read(host, ['node-version.cjs']) },
});

if (existsSync(join(from, executable))) {
  write('-standalone', { kind: 'executable', entry: executable, files: read(from, [executable]) });
} else {
  console.log(`No standalone package: ${join(from, executable)} has not been built.`);
}

function write(suffix, program) {
  const file = join(to, `unv_tmplt_AWS_Lambda-${version}${suffix}.zip`);
  const bytes = zip({
    'template.json': readFileSync(join(root, 'template.json')),
    'template_icon.png': readFileSync(join(host, 'template_icon.png')),
    'extension_archive.zip': extensionArchive(program),
  });
  writeFileSync(file, bytes);
  console.log(`${file}  ${bytes.length} bytes`);
}

function extensionArchive({ kind, entry, files }) {
  const digests = Object.entries(files).map(([file, bytes]) => `${file} ${sha256(bytes)}\n`);
  const manifest = {
    name,
    version,
    kind,
    entry,
    digest: sha256(digests.join('')).slice(0, 32),
    files: Object.fromEntries(
      Object.entries(files).map(([file, bytes]) => [file, { size: bytes.length, sha256: sha256(bytes) }]),
    ),
    fields: Object.fromEntries(Object.entries(schema.properties).map(([field, property]) => [field, kindOf(property)])),
    connection: template.fields.filter(isConnection).map((field) => field.name),
    no_answer: noAnswer,
  };
  return zip({
    'extension.py': readFileSync(join(host, 'extension.py')),
    'extension.yml': Buffer.from(readFileSync(join(host, 'extension.yml'), 'utf8').replace('"@version@"', version)),
    // In the program's folder: what builds an extension from its sources takes that folder as a whole.
    'program/program.json': Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`),
    ...Object.fromEntries(Object.entries(files).map(([file, bytes]) => [`program/${file}`, bytes])),
  });
}

function sha256(content) {
  return createHash('sha256').update(content).digest('hex');
}

/** What extension.py has to know of an input field: scripts come as files, credentials in parts. */
function kindOf(property) {
  const kind = property['x-kind'];
  return kind === 'credential' ? { kind, parts: Object.keys(property.properties) } : { kind };
}

/** Whether an input field says how AWS is reached: it applies to every action, so no action shows or hides it. */
function isConnection(field) {
  if (field.name === 'action' || field.fieldRestriction === 'Output Only') return false;
  if (field.showIfField === null) return true;
  const parent = template.fields.find(({ fieldMapping }) => fieldMapping === field.showIfField);
  return isConnection(parent);
}

function read(folder, files) {
  return Object.fromEntries(files.sort().map((file) => [file, readFileSync(join(folder, file))]));
}

/** A ZIP whose bytes depend on the content alone: one date, given in local time as the format wants it. */
function zip(files) {
  const mtime = new Date(2026, 0, 1);
  const entries = Object.entries(files).map(([path, bytes]) => {
    const packed = path.endsWith('.zip') || path.endsWith('.png');
    const mode = path.endsWith(executable) ? 0o755 : 0o644;
    return [path, [bytes, { mtime, level: packed ? 0 : 9, os: 3, attrs: mode << 16 }]];
  });
  return zipSync(Object.fromEntries(entries));
}
