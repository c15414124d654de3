import { appendFileSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFile } from '../../../extension/hosts/process/read-file.ts';
import { type SpecialFiles, specialFiles } from '../../support/special-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'read-file-'));
let special: SpecialFiles;
beforeAll(async () => {
  special = await specialFiles();
});
afterAll(() => {
  special.close();
  rmSync(special.folder, { recursive: true });
  rmSync(folder, { recursive: true });
});

function fileOf(bytes: number): string {
  const path = join(folder, `${bytes}`);
  writeFileSync(path, Buffer.alloc(bytes, 'x'));
  return path;
}

describe('a regular file', () => {
  test.each([0, 1, 4095, 4096, 100_000])('of %d bytes is read when that is the limit', async (bytes) => {
    expect(await readFile(fileOf(bytes), bytes)).toEqual(Buffer.alloc(bytes, 'x'));
  });

  test.each([1, 4096, 100_000])('of %d bytes is refused when the limit is less', async (bytes) => {
    const count = (number: number) => number.toLocaleString('en-US');
    await expect(readFile(fileOf(bytes), bytes - 1)).rejects.toMatchObject({
      name: 'FileError',
      code: 'EFBIG',
      message: `has ${count(bytes)} bytes; at most ${count(bytes - 1)} are allowed`,
    });
  });

  test('is read through symbolic links', async () => {
    const link = join(folder, 'link');
    symlinkSync(fileOf(7), link);
    expect(await readFile(link, 10)).toHaveLength(7);
  });

  test('that says it has no bytes is read to its end', async () => {
    expect(Buffer.from(await readFile('/proc/self/status', 100_000)).toString()).toMatch(/^Name:[\s\S]*\n$/);
  });

  test('that says it has no bytes is bounded too', async () => {
    await expect(readFile('/proc/self/status', 100)).rejects.toMatchObject({
      code: 'EFBIG',
      message: 'has more than 100 bytes; at most 100 are allowed',
    });
  });

  test('that grows while it is read is bounded', async () => {
    const path = fileOf(3);
    const writer = setInterval(() => appendFileSync(path, Buffer.alloc(100_000)), 0);
    let refused: unknown;
    while (refused === undefined) {
      await readFile(path, 1_000_000).catch((error: unknown) => {
        refused = error;
      });
    }
    clearInterval(writer);
    expect(refused).toMatchObject({ code: 'EFBIG' });
  });
});

test.each([
  ['a FIFO', () => special.fifo, 'ENOTREG', 'is a FIFO (named pipe); give the path of a regular file'],
  ['a link to a FIFO', () => special.linkToFifo, 'ENOTREG', 'is a FIFO (named pipe); give the path of a regular file'],
  ['a socket', () => special.socket, 'ENOTREG', 'is a socket; give the path of a regular file'],
  ['/dev/zero', () => '/dev/zero', 'ENOTREG', 'is a character device; give the path of a regular file'],
  ['a directory', () => folder, 'EISDIR', 'cannot be read (EISDIR); it is a directory, give the path of a file'],
  ['a loop', () => special.loop, 'ELOOP', 'cannot be read (ELOOP); its symbolic links go round in a circle'],
  ['nothing', () => '/nonexistent', 'ENOENT', 'cannot be read (ENOENT); check the path and its permissions'],
  [
    'a file as a folder',
    () => '/etc/passwd/x',
    'ENOTDIR',
    'cannot be read (ENOTDIR); check the path and its permissions',
  ],
])('%s is refused', async (_, path, code, message) => {
  await expect(readFile(path(), 100)).rejects.toMatchObject({ name: 'FileError', code, message });
});
