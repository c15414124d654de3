#!/usr/bin/env node
// Starts the bundled program. Each of its files is compiled from V8's cache when one fits, which halves the time to
// start; everything works without it. V8 itself checks neither the cache's bytes (damaged ones crash it) nor the source
// (it would run the old code for another text of the same length), so a cache ends with a label that says what it is a
// cache of, and a digest of everything before it. Both guard against accidents; against other users, nothing is
// read or written that one of them could have changed.
'use strict';
const { createHash, randomUUID } = require('node:crypto');
const fs = require('node:fs');
const { join } = require('node:path');
const { Script } = require('node:vm');

const folder = join(__dirname, 'cache');
const digestLength = 32;
const modules = new Map();
const uncached = [];

/** Loads a file of the bundle once; its chunks are loaded the same way. */
function load(name) {
  const known = modules.get(name);
  if (known !== undefined) return known.exports;
  const module = { exports: {} };
  modules.set(name, module);
  const filename = join(__dirname, name);
  const code = fs.readFileSync(filename);
  const cache = cacheFor(name, sha256(code).toString('hex'));
  const text = code.latin1Slice(); // the build writes ASCII
  const source = `(function(exports,require,module,__filename,__dirname){${text}\n})`;
  const script = new Script(source, { filename, cachedData: cache.data });
  if (cache.ours && (cache.data === undefined || script.cachedDataRejected)) uncached.push({ ...cache, script });
  const required = (wanted) => (wanted.startsWith('./') ? load(wanted.slice(2)) : require(wanted));
  script.runInThisContext()(module.exports, required, module, filename, __dirname);
  return module.exports;
}

/** The cache of a file: what V8 is given of it, if it is whole, and whether a better one may take its place. */
function cacheFor(name, sourceDigest) {
  const runtime = `${name}-${process.version}-${process.platform}-${process.arch}`;
  const path = join(folder, `${runtime}-${sourceDigest.slice(0, 16)}`);
  const label = Buffer.from(`${runtime}-${sourceDigest}`);
  const cache = { path, label, data: undefined, ours: true };
  try {
    const parent = fs.lstatSync(folder, { throwIfNoEntry: false });
    const file = parent && fs.lstatSync(path, { throwIfNoEntry: false });
    cache.ours = (parent === undefined || isPrivateFolder(parent)) && (file === undefined || isPrivate(file));
    // Anything but a file could block: a FIFO waits for its writer.
    if (cache.ours && file?.isFile()) cache.data = dataOf(fs.readFileSync(path), label);
  } catch {
    // what cannot be read is compiled
  }
  return cache;
}

/** The part of a cache file that V8 reads, when the file is whole and belongs to this source, Node and machine. */
function dataOf(bytes, label) {
  const digestAt = bytes.length - digestLength;
  const labelAt = digestAt - label.length;
  if (labelAt <= 0 || !bytes.subarray(labelAt, digestAt).equals(label)) return undefined;
  const whole = sha256(bytes.subarray(0, digestAt)).equals(bytes.subarray(digestAt));
  return whole ? bytes.subarray(0, labelAt) : undefined;
}

const sha256 = (bytes) => createHash('sha256').update(bytes).digest();

/** Whether only this user and the system's administrator can have written it. Windows has no such modes. */
function isPrivate({ uid, mode }) {
  const user = process.geteuid?.();
  return user === undefined || ((uid === user || uid === 0) && (mode & 0o022) === 0);
}

const isPrivateFolder = (status) => status.isDirectory() && isPrivate(status);

/** Keeps what V8 compiled in this run. Only after a task that went well: others did not compile what it needs. */
process.on('exit', (exitCode) => {
  if (exitCode !== 0 || process.argv[2] !== 'run' || uncached.length === 0) return;
  try {
    const mode = openFolder();
    removeLeftovers();
    for (const { path, label, script } of uncached) replace(path, mode, () => contentOf(script, label));
  } catch {
    // a folder that cannot be written, or a full disk, gets no cache
  }
});

/** Makes the folder, for this user alone; gives the mode of its files. Anyone who may list a folder may read its files. */
function openFolder() {
  try {
    fs.mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  const status = fs.lstatSync(folder);
  if (!isPrivateFolder(status)) throw new Error('another user can write here');
  return 0o600 | (status.mode & 0o044);
}

function contentOf(script, label) {
  const labelled = Buffer.concat([script.createCachedData(), label]);
  return Buffer.concat([labelled, sha256(labelled)]);
}

/** Puts a whole file at the path, or leaves it as it is. */
function replace(path, mode, makeContent) {
  const temporary = `${path}.${randomUUID()}.tmp`;
  const file = fs.openSync(temporary, 'wx', mode); // before the content is made, which takes longer than all the rest
  try {
    try {
      fs.writeFileSync(file, makeContent());
      fs.fchmodSync(file, mode); // regardless of the umask
      fs.fsyncSync(file); // a rename can outlive a power failure that the content does not
    } finally {
      fs.closeSync(file);
    }
    moveOver(temporary, path);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
}

function moveOver(from, path) {
  try {
    fs.renameSync(from, path);
  } catch {
    fs.rmSync(path, { recursive: true, force: true }); // a folder is not replaced by a rename
    fs.renameSync(from, path);
  }
}

/** Removes what writers left that were killed. A live one needs far less than a minute. */
function removeLeftovers() {
  for (const name of fs.readdirSync(folder).filter((name) => name.endsWith('.tmp'))) {
    const path = join(folder, name);
    const status = fs.lstatSync(path, { throwIfNoEntry: false });
    if (status?.mtimeMs < Date.now() - 60_000) fs.rmSync(path, { recursive: true, force: true });
  }
}

load('program.cjs');
