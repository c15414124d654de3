import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openFile } from '../../../extension/hosts/process/open-file.ts';
import { canMount, isRoot, mountSmallDisk, type SpecialFiles, specialFiles } from '../../support/special-files.ts';

let folder: string;
let path: string;
let special: SpecialFiles;

beforeAll(async () => {
  special = await specialFiles();
});
afterAll(() => {
  special.close();
  rmSync(special.folder, { recursive: true });
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'open-file-'));
  path = join(folder, 'file');
});
afterEach(() => rmSync(folder, { recursive: true }));

const mode = (file: string) => statSync(file).mode & 0o777;
const text = (file: string) => readFileSync(file, 'utf8');

async function write(file: string, ...chunks: (string | Uint8Array)[]): Promise<void> {
  const writer = await openFile(file);
  for (const chunk of chunks) await writer.write(chunk);
  await writer.commit();
}

describe('a regular file', () => {
  test('appears at once, with all that was written, for its owner alone', async () => {
    const writer = await openFile(path);
    await writer.write('é');
    await writer.write(Buffer.from([0, 255]));
    expect(existsSync(path)).toBe(false);
    await writer.commit();
    expect(readFileSync(path)).toEqual(Buffer.from([0xc3, 0xa9, 0, 255]));
    expect(mode(path)).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['file']);
  });

  test.each([
    ['less than the room that was taken for it', 1],
    ['exactly as much', 2 ** 16],
    ['more', 3_000_001],
    ['nothing', 0],
  ])('holds %s', async (_, bytes) => {
    await write(path, Buffer.alloc(bytes, 'x'));
    expect(readFileSync(path).equals(Buffer.alloc(bytes, 'x'))).toBe(true);
  });

  test('keeps the order of chunks that did not wait for each other', async () => {
    const writer = await openFile(path);
    const chunks = Array.from({ length: 200 }, (_, index) => `${index},`);
    await Promise.all(chunks.map((chunk) => writer.write(chunk)));
    await writer.commit();
    expect(text(path)).toBe(chunks.join(''));
  });

  test('keeps characters whole where a long text is cut', async () => {
    const long = `x${'😀'.repeat(2 ** 20)}`;
    await write(path, long);
    expect(text(path) === long).toBe(true);
  });

  test('that is discarded leaves what was there, and nothing else', async () => {
    writeFileSync(path, 'older');
    const writer = await openFile(path);
    await writer.write('new');
    await writer.discard();
    await writer.discard();
    expect(text(path)).toBe('older');
    expect(readdirSync(folder)).toEqual(['file']);
    await expect(writer.commit()).rejects.toMatchObject({ name: 'FileError' });
    expect(text(path)).toBe('older');
  });

  test('that is committed is not removed by a discard', async () => {
    const writer = await openFile(path);
    await writer.write('new');
    await writer.commit();
    await writer.discard();
    expect(text(path)).toBe('new');
  });

  test('takes nothing after its end, which would go to whatever file has the number by then', async () => {
    const writers = [await openFile(path), await openFile(path), await openFile('/dev/null')];
    await writers[0]?.commit();
    await writers[1]?.discard();
    await writers[2]?.commit();
    const others = writers.map((_, index) => openSync(join(folder, `${index}`), 'w+'));
    for (const writer of writers) {
      await expect(writer.write('stray')).rejects.toMatchObject({ code: 'EBADF' });
      await expect(writer.commit()).rejects.toMatchObject({ code: 'EBADF' });
      await writer.discard();
    }
    expect(others.map((_, index) => text(join(folder, `${index}`)))).toEqual(['', '', '']);
    for (const file of others) closeSync(file);
    expect(text(path)).toBe('');
  });

  test.each([0o644, 0o660, 0o777, 0o200])('keeps the mode %o of the one it replaces', async (bits) => {
    writeFileSync(path, 'older');
    chmodSync(path, bits);
    await write(path, 'new');
    expect(mode(path)).toBe(bits);
  });

  test('can be written by two at once; the last one wins', async () => {
    const [first, second] = await Promise.all([openFile(path), openFile(path)]);
    await first.write('first');
    await second.write('second');
    await first.commit();
    await second.commit();
    expect(text(path)).toBe('second');
    expect(readdirSync(folder)).toEqual(['file']);
  });

  test('may have the longest name that there is', async () => {
    const long = join(folder, 'n'.repeat(255));
    await write(long, 'new');
    expect(text(long)).toBe('new');
  });

  test('may be in a folder that can be written but not read', async () => {
    chmodSync(folder, 0o300);
    await write(path, 'new');
    chmodSync(folder, 0o700);
    expect(readdirSync(folder)).toEqual(['file']);
  });

  test('leaves another link to the old one alone', async () => {
    writeFileSync(path, 'older');
    linkSync(path, join(folder, 'other'));
    await write(path, 'new');
    expect([text(path), text(join(folder, 'other'))]).toEqual(['new', 'older']);
  });
});

describe('a symbolic link', () => {
  test.each([
    ['to a file', 'real/target', true],
    ['to where nothing is yet', 'real/target', false],
    ['through a folder that is a link', 'alias/../real/target', true],
  ])('%s stays, and its target is replaced', async (_, target, isThere) => {
    for (const name of ['real', 'real/below']) mkdirSync(join(folder, name));
    symlinkSync('real/below', join(folder, 'alias')); // so that alias/.. is real
    symlinkSync(target.replace('alias/../real', 'alias/..'), path);
    if (isThere) writeFileSync(join(folder, 'real/target'), 'older');
    await write(path, 'new');
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
    expect(text(join(folder, 'real/target'))).toBe('new');
    expect(readdirSync(join(folder, 'real')).sort()).toEqual(['below', 'target']);
  });
});

describe('in place', () => {
  test('a character device', async () => {
    await write('/dev/null', 'anything');
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  test('a full one says so', async () => {
    const writer = await openFile('/dev/full');
    await expect(writer.write('x')).rejects.toMatchObject({ code: 'ENOSPC' });
    await expect(writer.commit()).rejects.toMatchObject({ code: 'ENOSPC' });
    await writer.discard();
  });

  test('a descriptor of this process, after what is there', async () => {
    writeFileSync(path, 'first,');
    const descriptor = openSync(path, 'r+');
    const link = join(folder, 'link');
    symlinkSync(`/dev/fd/${descriptor}`, link);
    await write(`/dev/fd/${descriptor}`, 'second,');
    await write(link, 'third');
    closeSync(descriptor);
    expect(text(path)).toBe('first,second,third');
  });

  test('a pipe takes what its reader takes, and no more', async () => {
    const pipe = openSync(special.fifo, constants.O_RDWR | constants.O_NONBLOCK);
    const writer = await openFile(`/dev/fd/${pipe}`);
    let isTaken = false;
    const taken = writer.write(Buffer.alloc(300_000, 'x')).then(() => {
      isTaken = true;
    });
    let read = 0;
    for (const bytes = Buffer.alloc(50_000); read < 300_000; ) {
      if (read < 200_000) expect(isTaken).toBe(false); // the pipe itself holds 65,536
      read += readNow(pipe, bytes);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await taken;
    await writer.commit();
    closeSync(pipe);
    expect(read).toBe(300_000);
  });
});

function readNow(pipe: number, bytes: Buffer): number {
  try {
    return readSync(pipe, bytes);
  } catch {
    return 0; // nothing there yet
  }
}

test.each([
  ['a FIFO', () => special.fifo, 'ENOTREG', 'is a FIFO (named pipe); give the path of a regular file'],
  ['a link to a FIFO', () => special.linkToFifo, 'ENOTREG', 'is a FIFO (named pipe); give the path of a regular file'],
  ['a socket', () => special.socket, 'ENOTREG', 'is a socket; give the path of a regular file'],
  ['a directory', () => folder, 'EISDIR', 'cannot be written (EISDIR); it is a directory, give the path of a file'],
  ['a loop', () => special.loop, 'ELOOP', 'cannot be written (ELOOP); its symbolic links go round in a circle'],
  ['a folder that is not there', () => join(folder, 'no', 'x'), 'ENOENT', 'cannot be written (ENOENT); check the path'],
  ['a folder by its name', () => `${path}/`, 'EISDIR', 'cannot be written (EISDIR); it is a directory'],
  ['no path', () => '', 'ENOENT', 'cannot be written (ENOENT); check the path'],
])('%s is refused when it is opened', async (_, name, code, message) => {
  await expect(openFile(name())).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  expect(readdirSync(folder)).toEqual([]);
});

describe('what dead writers left', () => {
  const ours = (pid: number | string) => `.file.ue-aws-lambda-${hostname()}-${pid}-1.tmp`;

  test('is removed by the next one for the same file, and nothing else is', async () => {
    const other = spawn('sleep', ['60']);
    const kept = [
      ours(other.pid ?? 0),
      `.file.ue-aws-lambda-another.host-999999999-1.tmp`,
      `.other.ue-aws-lambda-${hostname()}-999999999-1.tmp`,
      `.file.ue-aws-lambda-${hostname()}-x-1.tmp`,
      'file.1.tmp',
    ];
    for (const name of [...kept, ours(999999999), ours(process.pid), '.file.999999999.tmp']) {
      writeFileSync(join(folder, name), 'torn');
    }
    await write(path, 'new');
    other.kill();
    expect(readdirSync(folder).sort()).toEqual([...kept, 'file'].sort());
  });
});

const testAsRoot = isRoot ? test : test.skip;
const nobody = 65_534;

testAsRoot('a file of another user that root replaces stays theirs', async () => {
  writeFileSync(path, 'older');
  chownSync(path, nobody, nobody);
  chmodSync(path, 0o640);
  await write(path, 'new');
  expect(statSync(path)).toMatchObject({ uid: nobody, gid: nobody });
  expect(mode(path)).toBe(0o640);
});

const testWithMounts = canMount ? test : test.skip;

describe('the disk', () => {
  testWithMounts('is found to be full before anything is written', async () => {
    const disk = mountSmallDisk(128);
    try {
      writeFileSync(join(disk.folder, 'fill'), Buffer.alloc(100 * 1024));
      await expect(openFile(join(disk.folder, 'file'))).rejects.toMatchObject({
        code: 'ENOSPC',
        message: 'cannot be written (ENOSPC); the disk is full, free some space',
      });
      expect(readdirSync(disk.folder)).toEqual(['fill']);
    } finally {
      disk.unmount();
    }
  });

  testWithMounts('keeps the room that was taken, whoever fills it meanwhile', async () => {
    const disk = mountSmallDisk(256);
    try {
      const file = join(disk.folder, 'file');
      const writer = await openFile(file);
      expect(() => writeFileSync(join(disk.folder, 'fill'), Buffer.alloc(1024 * 1024))).toThrow('ENOSPC');
      await writer.write('x'.repeat(60_000));
      await writer.commit();
      expect(text(file)).toHaveLength(60_000);
    } finally {
      disk.unmount();
    }
  });

  testWithMounts('that becomes full leaves nothing behind', async () => {
    const disk = mountSmallDisk(256);
    try {
      const writer = await openFile(join(disk.folder, 'file'));
      await expect(writer.write('x'.repeat(600_000))).rejects.toMatchObject({ code: 'ENOSPC' });
      await expect(writer.write('x')).rejects.toMatchObject({ code: 'ENOSPC' });
      await expect(writer.commit()).rejects.toMatchObject({ code: 'ENOSPC' });
      expect(readdirSync(disk.folder)).toEqual([]);
    } finally {
      disk.unmount();
    }
  });

  testWithMounts('a file that is a mount point is refused, also one with a blank in its path', async () => {
    const mounted = join(folder, 'a file');
    for (const name of [path, mounted]) writeFileSync(name, 'older');
    execFileSync('mount', ['--bind', path, mounted]);
    try {
      await expect(openFile(mounted)).rejects.toMatchObject({ code: 'EBUSY' });
    } finally {
      execFileSync('umount', [mounted]);
    }
  });
});
