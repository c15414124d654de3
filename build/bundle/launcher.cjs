#!/usr/bin/env node
// Starts the bundled program. Each of its files is compiled from V8's cache when one fits, which halves the time to
// start; everything works without it. A cache belongs to the exact bytes of its file, Node version and architecture:
// V8 itself would run the old code for another source of the same length.
'use strict';
const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { Script } = require('node:vm');

const folder = join(__dirname, 'cache');
const modules = new Map();
const uncached = [];

/** Loads a file of the bundle once; its chunks are loaded the same way. */
function load(name) {
  const known = modules.get(name);
  if (known !== undefined) return known.exports;
  const module = { exports: {} };
  modules.set(name, module);
  const filename = join(__dirname, name);
  const code = readFileSync(filename);
  const hash = createHash('sha256').update(code).digest('hex').slice(0, 16);
  const cache = join(folder, `${name}-${process.version}-${process.platform}-${process.arch}-${hash}`);
  const cachedData = readOrNothing(cache);
  const source = `(function(exports,require,module,__filename,__dirname){${code}\n})`;
  const script = new Script(source, { filename, cachedData });
  if (cachedData === undefined || script.cachedDataRejected) uncached.push([cache, script]);
  const required = (wanted) => (wanted.startsWith('./') ? load(wanted.slice(2)) : require(wanted));
  script.runInThisContext()(module.exports, required, module, filename, __dirname);
  return module.exports;
}

function readOrNothing(path) {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

/** Keeps what V8 compiled in this run. Only after a task that went well: others did not compile what it needs. */
process.on('exit', (exitCode) => {
  if (exitCode !== 0 || process.argv[2] !== 'run') return;
  try {
    for (const [path, script] of uncached) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(`${path}.${process.pid}`, script.createCachedData());
      renameSync(`${path}.${process.pid}`, path);
    }
  } catch {
    // a folder that cannot be written gets no cache
  }
});

load('program.cjs');
