// Takes out of the bundle what the SDK loads at start and a task does not need, or not always.
import { readFileSync } from 'node:fs';

/** The end of a module's path -> what stands in its place, or what is made of it. */
const replacements = {
  // node:fs/promises takes as long to load; only the credential chain reads files.
  '/@smithy/core/dist-es/submodules/config/shared-ini-file-loader/readFile.js': `
    export const filePromises = {};
    export const fileIntercept = {};
    export const readFile = (path, options) => {
      if (fileIntercept[path] !== undefined) return fileIntercept[path];
      if (!filePromises[path] || options?.ignoreCache) {
        filePromises[path] = require('node:fs/promises').readFile(path, 'utf8');
      }
      return filePromises[path];
    };
  `,
  '/@smithy/core/dist-es/submodules/config/shared-ini-file-loader/getSSOTokenFromFile.js': `
    import { getSSOTokenFilepath } from './getSSOTokenFilepath';
    export const tokenIntercept = {};
    export const getSSOTokenFromFile = async (id) =>
      tokenIntercept[id] ?? JSON.parse(await require('node:fs/promises').readFile(getSSOTokenFilepath(id), 'utf8'));
  `,
  // To name the global ReadableStream loads all of web streams.
  '/@smithy/core/dist-es/submodules/serde/util-stream/stream-type-check.js': `
    export const isReadableStream = (stream) => stream?.constructor?.name === 'ReadableStream';
    export const isBlob = (blob) => blob?.constructor?.name === 'Blob';
  `,
  // Lambda has no CRC32 checksums; the SDK's own JavaScript form stands in for zlib's.
  '/@smithy/core/dist-es/submodules/checksum/crc32/Crc32Node.js': `
    export { Crc32Js as Crc32Node } from './Crc32Js';
  `,
};

const lambdaSchemas = '/@aws-sdk/client-lambda/dist-es/schemas/schemas_0.js';

/**
 * Takes out the 56 classes of Lambda's errors. Without one the SDK makes its general error of the same name and message,
 * and a refusal is judged by name and status alone.
 */
replacements[lambdaSchemas] = (code) => {
  const lean = code.replace(/^n0_registry\.registerError\(.*\);$/gm, '');
  if (lean === code) throw new Error(`build/bundle/lighter.mjs finds no errors in ${lambdaSchemas}`);
  return lean;
};

export const lighter = {
  name: 'lighter',
  load(id) {
    const found = Object.keys(replacements).find((end) => id.endsWith(end));
    if (found === undefined) return null;
    used.add(found);
    const replacement = replacements[found];
    return typeof replacement === 'string' ? replacement : replacement(readFileSync(id, 'utf8'));
  },
  /** A file that has moved would quietly come back. */
  buildEnd() {
    const missing = Object.keys(replacements).filter((end) => !used.has(end));
    if (missing.length > 0) throw new Error(`build/bundle/lighter.mjs replaces modules that are not there: ${missing}`);
  },
};

const used = new Set();
