import fs from 'node:fs';
import { promisify } from 'node:util';

// Not from node:fs/promises, which takes 3 ms to load and to read its first file.
export const access = promisify(fs.access);
export const close = promisify(fs.close);
export const fchmod = promisify(fs.fchmod);
export const fchown = promisify(fs.fchown);
export const fstat = promisify(fs.fstat);
export const fsync = promisify(fs.fsync);
export const ftruncate = promisify(fs.ftruncate);
export const open = promisify(fs.open);
export const read = promisify(fs.read);
export const readdir = promisify(fs.readdir);
export const readlink = promisify(fs.readlink);
export const realpath = promisify(fs.realpath.native);
export const rename = promisify(fs.rename);
export const stat = promisify(fs.stat);
export const unlink = promisify(fs.unlink);
export const write = promisify(fs.write);

const { O_NOCTTY, O_NONBLOCK } = fs.constants;

/** Keeps `open` from waiting for the other end of a pipe or for a device. Windows knows neither flag. */
export const atOnce = (O_NONBLOCK ?? 0) | (O_NOCTTY ?? 0);
