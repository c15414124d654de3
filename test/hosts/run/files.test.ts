import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { baseFields } from '../../support/network/cells.ts';
import { type Fields, type ProcessOptions, runProcess, start } from '../../support/network/run.ts';
import { startTarget, success, type Target } from '../../support/network/target.ts';
import { runShell } from '../../support/shell.ts';
import { canMount, isRoot, mountSmallDisk, type SpecialFiles, specialFiles } from '../../support/special-files.ts';

let target: Target;
let special: SpecialFiles;
let folder: string;

beforeAll(async () => {
  special = await specialFiles();
});
afterAll(() => {
  special.close();
  rmSync(special.folder, { recursive: true });
});
beforeEach(async () => {
  target = await startTarget();
  folder = mkdtempSync(join(tmpdir(), 'files-'));
});
afterEach(async () => {
  await target.close();
  rmSync(folder, { recursive: true });
});

const fields = (over: Fields = {}) => ({
  ...baseFields(`http://127.0.0.1:${target.port}`),
  ...{ connect_timeout: 10, wait_for_completion_timeout: 20 },
  ...over,
});

type Use = (path: string) => { readonly args?: readonly string[]; readonly over?: Fields };

describe('a file that would block, or has no end, is refused at once and nothing is sent', () => {
  const output: Use = (path) => ({ args: ['--output', path] });
  const input: Use = (path) => ({ args: ['--fields', path] });
  const payload: Use = (path) => ({ over: { payload_source: 'File', payload_file: path } });
  const fifo = () => special.fifo;

  test.each([
    ['--output FIFO', output, fifo, 'the output file is a FIFO (named pipe); give the path of a regular file'],
    ['--output SOCKET', output, () => special.socket, 'the output file is a socket; give the path of a regular file'],
    ['--output LOOP', output, () => special.loop, 'the output file cannot be written (ELOOP); its symbolic links go'],
    ['--output ""', output, () => '', 'the output file cannot be written (ENOENT)'],
    ['--fields FIFO', input, fifo, 'the fields file is a FIFO (named pipe); give the path of a regular file, or'],
    ['--fields LINK TO FIFO', input, () => special.linkToFifo, 'the fields file is a FIFO (named pipe)'],
    ['--fields /dev/zero', input, () => '/dev/zero', 'the fields file is a character device; give the path of a'],
    ['--fields DIRECTORY', input, () => folder, 'the fields file cannot be read (EISDIR); it is a directory'],
    ['payload_file FIFO', payload, fifo, ''],
    ['payload_file /dev/zero', payload, () => '/dev/zero', ''],
    ['payload_file /proc/kcore', payload, () => '/proc/kcore', ''],
  ])('%s', async (_, use, path, message) => {
    const { args = [], over = {} } = use(path());
    const { output: document, exitCode } = await runProcess(fields(over), { args });
    expect(exitCode).toBe(20);
    expect(document.result.error?.[0]?.message).toContain(message);
    expect(document.result.error?.[0]?.message).toContain(path());
    expect(document.result.execution).toBe('not_started');
    expect(target.connections()).toBe(0);
  });

  test('a fields file above the limit', async () => {
    const path = join(folder, 'large');
    execFileSync('truncate', ['-s', '65M', path]);
    const { exitCode, output: document } = await runProcess({}, { args: ['--fields', path] });
    expect(exitCode).toBe(20);
    expect(document.result.error?.[0]?.message).toBe(
      `the fields file has 68,157,440 bytes; at most 67,108,864 are allowed: ${path}`,
    );
  });

  test('standard input from /dev/zero, at the limit', async () => {
    const { code, stdout } = await runShell('"$@" < /dev/zero', '', folder);
    expect(code).toBe(20);
    expect(JSON.parse(stdout).result.error[0].message).toBe(
      'standard input has more than 67,108,864 bytes; at most 67,108,864 are allowed',
    );
  });
});

describe('the fields', () => {
  test.each([
    ['a file as standard input', '"$@" < "$HOME/fields.json"'],
    ['a pipe', 'cat "$HOME/fields.json" | "$@"'],
    ['--fields of a process', '"$@" --fields <(cat "$HOME/fields.json")'],
    ['--fields /dev/stdin', '"$@" --fields /dev/stdin < "$HOME/fields.json"'],
    ['--fields of a descriptor', '"$@" --fields /dev/fd/7 7< "$HOME/fields.json"'],
  ])('come from %s', async (_, line) => {
    writeFileSync(join(folder, 'fields.json'), JSON.stringify(fields()));
    expect((await runShell(line, '', folder)).code).toBe(0);
    expect(target.executed()).toBe(1);
  });

  test('that are not UTF-8 are refused, not sent with other characters', async () => {
    const path = join(folder, 'fields.json');
    writeFileSync(path, Buffer.from(JSON.stringify(fields({ marker: 'é' })), 'latin1'));
    const { exitCode, output: document } = await runProcess({}, { args: ['--fields', path] });
    expect(exitCode).toBe(20);
    expect(document.result.error?.[0]?.message).toContain('has bytes that are not UTF-8');
    expect(target.connections()).toBe(0);
  });
});

describe('--output', () => {
  test('of a killed run leaves nothing at its path, and the next run removes what it left beside it', async () => {
    const silent = await startTarget({ stage: 'response headers', fault: 'hangs' });
    const path = join(folder, 'out.json');
    const running = start(fields({ endpoint_url: `http://127.0.0.1:${silent.port}` }), { args: ['--output', path] });
    await running.logged('sending the request');
    running.child.kill('SIGKILL');
    await running.ended;
    await silent.close();
    expect(readdirSync(folder)).toEqual([expect.stringMatching(/^\.out\.json\.ue-aws-lambda-.*\.tmp$/)]);
    await runProcess(fields(), { args: ['--output', path] });
    expect(readdirSync(folder)).toEqual(['out.json']);
  });

  test('through a symbolic link keeps the link', async () => {
    mkdirSync(join(folder, 'real'));
    execFileSync('ln', ['-s', 'real/out.json', join(folder, 'link')]);
    const { stdout } = await runProcess(fields(), { args: ['--output', join(folder, 'link')] });
    expect(readFileSync(join(folder, 'real/out.json'), 'utf8')).toBe(stdout);
    expect(readdirSync(folder, { withFileTypes: true }).filter((found) => found.isSymbolicLink())).toHaveLength(1);
  });

  test('of a process gets the document too', async () => {
    const { stdout, code } = await runShell(
      '"$@" --output >(cat > "$HOME/copy"); wait $!',
      JSON.stringify(fields()),
      folder,
    );
    expect(code).toBe(0);
    expect(readFileSync(join(folder, 'copy'), 'utf8')).toBe(stdout);
  });

  (canMount ? test : test.skip)('on a full disk is found out before anything is sent', async () => {
    const disk = mountSmallDisk(128);
    try {
      writeFileSync(join(disk.folder, 'fill'), Buffer.alloc(100 * 1024));
      const { exitCode, output } = await runProcess(fields(), { args: ['--output', join(disk.folder, 'out.json')] });
      expect(exitCode).toBe(20);
      expect(output.result.error?.[0]?.message).toContain('cannot be written (ENOSPC); the disk is full');
      expect(target.connections()).toBe(0);
      expect(readdirSync(disk.folder)).toEqual(['fill']);
    } finally {
      disk.unmount();
    }
  });
});

(canMount ? test : test.skip).each([
  ['run', '"$@"'],
  ['invoke', `"\${@:1:$#-1}" invoke hello`],
])('standard output of %s into a file on a disk that becomes full is no success', async (_, command) => {
  // One page of room for an answer that needs two: the first write succeeds in part.
  const disk = mountSmallDisk(64);
  const large = await startTarget({ answer: (request) => success(request, JSON.stringify('x'.repeat(6000))) });
  try {
    writeFileSync(join(disk.folder, 'fill'), Buffer.alloc(60 * 1024));
    const url = `http://127.0.0.1:${large.port}`;
    const env = `AWS_ENDPOINT_URL=${url} AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=A AWS_SECRET_ACCESS_KEY=B`;
    const line = `export ${env}; ${command} > "${disk.folder}/out"`;
    const { code, stderr } = await runShell(line, JSON.stringify(fields({ endpoint_url: url })), folder);
    expect(code).toBe(1);
    expect(stderr).toContain('standard output cannot be written (ENOSPC)');
    expect(stderr).toMatch(/execution completed|The function ran to its end/);
    expect(large.executed()).toBe(1);
  } finally {
    disk.unmount();
    await large.close();
  }
});

(canMount ? test : test.skip).each([
  ['response_file', (path: string) => ({ over: { response_file: path }, args: [] })],
  ['--output', (path: string) => ({ over: {}, args: ['--output', path] })],
])('%s on a disk that the answer fills: the function has run, and no part of a file is left', async (name, given) => {
  const disk = mountSmallDisk(256);
  const large = await startTarget({ answer: (request) => success(request, JSON.stringify('x'.repeat(600_000))) });
  try {
    const { over, args } = given(join(disk.folder, 'file'));
    const { exitCode, output } = await runProcess(fields({ endpoint_url: `http://127.0.0.1:${large.port}`, ...over }), {
      args,
    });
    expect([exitCode, output.exit_code, output.changed]).toEqual([1, 1, true]);
    expect(output.result.execution).toBe('completed');
    expect(output.status_description).toMatch(name === 'response_file' ? /^FAIL: response_file .*ENOSPC/ : /ENOSPC/);
    expect(readdirSync(disk.folder)).toEqual([]);
    expect(large.executed()).toBe(1);
  } finally {
    disk.unmount();
    await large.close();
  }
});

const nobody = 65_534;
const canChangeUser = isRoot && spawnSync('setpriv', ['--reuid', `${nobody}`, 'true']).status === 0;

describe('as a user who may not do everything', () => {
  const asNobody: ProcessOptions = {
    wrapper: ['setpriv', '--reuid', `${nobody}`, '--regid', `${nobody}`, '--clear-groups'],
  };
  const cases: [string, () => string, string][] = [
    [
      'a file that is read-only',
      () => {
        chownSync(folder, nobody, nobody);
        const path = join(folder, 'out.json');
        writeFileSync(path, 'older');
        chownSync(path, nobody, nobody);
        chmodSync(path, 0o400);
        return path;
      },
      'cannot be written (EACCES); check the path and its permissions',
    ],
    [
      'in a folder that is read-only',
      () => {
        chmodSync(folder, 0o555);
        return join(folder, 'out.json');
      },
      'cannot be written (EACCES); check the path and its permissions',
    ],
    [
      "somebody else's file in a folder such as /tmp",
      () => {
        chmodSync(folder, 0o1777);
        const path = join(folder, 'out.json');
        writeFileSync(path, 'older');
        chmodSync(path, 0o666);
        return path;
      },
      'belongs to another user, in a directory where only its owner may replace it',
    ],
  ];

  (canChangeUser ? test.each(cases) : test.skip.each(cases))(
    '--output %s: exit 20, nothing sent',
    async (_, make, message) => {
      const path = make();
      const { exitCode, output } = await runProcess(fields(), { args: ['--output', path], ...asNobody });
      expect(exitCode).toBe(20);
      expect(output.result.error?.[0]?.message).toBe(`the output file ${message}: ${path}`);
      expect(target.connections()).toBe(0);
    },
  );

  (canChangeUser ? test : test.skip)('--output in a folder that can be written but not read', async () => {
    chownSync(folder, nobody, nobody);
    chmodSync(folder, 0o300);
    const path = join(folder, 'out.json');
    const { exitCode, stdout } = await runProcess(fields(), { args: ['--output', path], ...asNobody });
    expect(exitCode).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe(stdout);
    expect(statSync(path)).toMatchObject({ uid: nobody });
  });

  const modes: [number, number][] = [
    [0o666, 0o666],
    [0o642, 0o602],
  ];
  (canChangeUser ? test.each(modes) : test.skip.each(modes))(
    "--output in place of root's file with the mode %o opens nothing to the new group",
    async (bits, kept) => {
      chmodSync(folder, 0o777);
      const path = join(folder, 'out.json');
      writeFileSync(path, 'older');
      chmodSync(path, bits);
      const { exitCode } = await runProcess(fields(), { args: ['--output', path], ...asNobody });
      expect(exitCode).toBe(0);
      expect(statSync(path).mode & 0o777).toBe(kept);
    },
  );
});
