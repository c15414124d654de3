/**
 * Takes out of the bundles what the packages load or say and a user does not need. Each module is known by the digest of
 * its reviewed text: one that an update has changed fails the build, since what takes its place may no longer fit.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** For every bundle: the end of a module's path -> its digest, what to review when that changes, what takes its place. */
const everywhere = {
  // Its version is pinned here; the advice on Node versions is for whoever moves the pin, not for a user's log.
  '/@aws-sdk/core/dist-es/submodules/client/emitWarningIfUnsupportedVersion.js': {
    sha256: 'f99efb83b24696c9',
    review: 'that it only warns of the Node version, and that no other export is needed',
    code: `
      export const state = { warningEmitted: true };
      export const emitWarningIfUnsupportedVersion = () => {};
    `,
  },
};

/** For the program, which starts once a task. Each saves about a millisecond or more. */
const atStart = {
  // Only the credential chain reads files through node:fs/promises.
  '/@smithy/core/dist-es/submodules/config/shared-ini-file-loader/readFile.js': {
    sha256: 'eee0d043d18804ef',
    review: 'which reads it keeps, and its exports',
    code: `
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
  },
  '/@smithy/core/dist-es/submodules/config/shared-ini-file-loader/getSSOTokenFromFile.js': {
    sha256: '79c0274a2f7e6347',
    review: 'where the token is read from, and its exports',
    code: `
      import { getSSOTokenFilepath } from './getSSOTokenFilepath';
      export const tokenIntercept = {};
      export const getSSOTokenFromFile = async (id) =>
        tokenIntercept[id] ?? JSON.parse(await require('node:fs/promises').readFile(getSSOTokenFilepath(id), 'utf8'));
    `,
  },
  // To name the global ReadableStream loads all of web streams.
  '/@smithy/core/dist-es/submodules/serde/util-stream/stream-type-check.js': {
    sha256: '23dd8d4e6bf7ab9f',
    review: 'that it tells a stream and a blob by the name of their class',
    code: `
      export const isReadableStream = (stream) => stream?.constructor?.name === 'ReadableStream';
      export const isBlob = (blob) => blob?.constructor?.name === 'Blob';
    `,
  },
  // It makes two tables of 256 entries at its start.
  '/@smithy/core/dist-es/submodules/serde/util-hex-encoding/hex-encoding.js': {
    sha256: 'd33fc907a8b44a21',
    review: 'that toHex writes lower case, and what fromHex refuses',
    code: `
      export const toHex = (bytes) =>
        Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
      export function fromHex(encoded) {
        if (encoded.length % 2 !== 0) throw new Error('Hex encoded strings must have an even number length');
        const out = Uint8Array.from(Buffer.from(encoded, 'hex'));
        if (out.length * 2 !== encoded.length) throw new Error('Cannot decode unrecognized sequence as hexadecimal');
        return out;
      }
    `,
  },
  // To name the global `crypto` loads all of WebCrypto.
  '/@smithy/core/dist-es/submodules/serde/uuid/v4.js': {
    sha256: 'a350c133f995aec4',
    review: 'that it makes random UUIDs, and its exports',
    code: `
      import { randomUUID } from 'node:crypto';
      export const bindV4 = () => randomUUID;
    `,
  },
  // Only event streams have checksums; zlib is loaded with the first one.
  '/@smithy/core/dist-es/submodules/checksum/crc32/Crc32Node.js': {
    sha256: 'ede4151e2e19d7a2',
    review: 'the methods of the class, and that its digest is big-endian',
    code: `
      export class Crc32Node {
        digestLength = 4;
        value = 0;
        update(data) { this.value = require('node:zlib').crc32(data, this.value); }
        digestSync() { return this.value >>> 0; }
        async digest() {
          const digest = new Uint8Array(4);
          new DataView(digest.buffer).setUint32(0, this.digestSync());
          return digest;
        }
        reset() { this.value = 0; }
      }
    `,
  },
  // The 56 classes of Lambda's errors. Without one the SDK makes its general error of the same name and message, and a
  // refusal is judged by name and status alone.
  '/@aws-sdk/client-lambda/dist-es/schemas/schemas_0.js': {
    sha256: 'c94280e580ad5b9b',
    review: 'that `registerError` is called once a line at the top level, and that nothing else needs those classes',
    code: (original) => original.replace(/^n0_registry\.registerError\(.*\);$/gm, ''),
  },
};

/** For the library and the Node-RED nodes, which load once and stay. */
export const lighterLibrary = () => replacing(everywhere);

export const lighterProgram = () => replacing({ ...everywhere, ...atStart });

function replacing(modules) {
  const used = new Set();
  return {
    name: 'lighter',
    load(id) {
      const found = Object.keys(modules).find((end) => id.endsWith(end));
      if (found === undefined) return null;
      used.add(found);
      const original = readFileSync(id, 'utf8');
      const { sha256, review, code } = modules[found];
      const digest = createHash('sha256').update(original).digest('hex').slice(0, sha256.length);
      if (digest !== sha256) throw new Error(`${id} has changed. Review ${review}; ${remedy} (${digest}).`);
      return typeof code === 'string' ? code : code(original);
    },
    /** A file that has moved would quietly come back. */
    buildEnd(error) {
      const missing = Object.keys(modules).filter((end) => !used.has(end));
      if (error === undefined && missing.length > 0) {
        throw new Error(`build/bundle/lighter.mjs replaces modules that are not there: ${missing.join(', ')}`);
      }
    },
  };
}

const remedy = 'then adapt what takes its place in build/bundle/lighter.mjs, and put the new digest there';
