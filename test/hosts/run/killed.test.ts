import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { baseFields } from '../../support/network/cells.ts';
import { type Fields, type Running, start } from '../../support/network/run.ts';
import { startTarget, success, type Target } from '../../support/network/target.ts';
import { type StreamServer, streamServer } from '../../support/stream-server.ts';

const body = JSON.stringify('x'.repeat(1_000_000));
let target: Target;
let stream: StreamServer;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'killed-'));
  target = await startTarget({ answer: (request) => success(request, body) });
  stream = await streamServer([{ bytesOf: 2 ** 22, chunk: 2 ** 16 }, { complete: {} }]);
});
afterAll(async () => {
  await Promise.all([target.close(), stream.close()]);
  rmSync(folder, { recursive: true });
});

/** Kills the process as soon as it has logged so many lines; false when it has ended before. */
async function killAfter(lines: number, { child, ended }: Running): Promise<boolean> {
  let seen = '';
  const kill = () => seen.split('\n').length > lines && child.kill('SIGKILL');
  child.stderr.on('data', (text: string) => {
    seen += text;
    kill();
  });
  if (lines === 0) child.kill('SIGKILL');
  return (await ended).killedBy === 'SIGKILL';
}

interface Scene {
  readonly fields: (path: string) => Fields;
  readonly args: (path: string) => readonly string[];
  readonly requests: () => number;
  /** Whether what is at the path is whole. */
  readonly isWhole: (text: string) => boolean;
}

const scenes: Record<string, Scene> = {
  'a task with --output': {
    fields: () => baseFields(`http://127.0.0.1:${target.port}`),
    args: (path) => ['--log-level', 'debug', '--output', path],
    requests: () => target.received(),
    isWhole: (text) => JSON.parse(text).result.payload === body,
  },
  'a stream to a file': {
    fields: (path) => ({ ...baseFields(stream.url), response_mode: 'Streamed', response_file: path }),
    args: () => ['--log-level', 'debug'],
    requests: () => stream.received.length,
    isWhole: (text) => text.length === 2 ** 22,
  },
};

describe.each(Object.entries(scenes))(
  '%s, killed after each line of its log',
  (_, { fields, args, requests, isWhole }) => {
    test('sends one request at most, and leaves a whole file or none', async () => {
      let isKilled = true;
      let kills = 0;
      for (let lines = 0; isKilled && lines < 40; lines += 1) {
        const path = join(folder, `file-${lines}`);
        const before = requests();
        isKilled = await killAfter(lines, start(fields(path), { args: args(path) }));
        if (isKilled) kills += 1;
        expect(requests() - before).toBeLessThanOrEqual(1);
        if (existsSync(path)) expect([lines, isWhole(readFileSync(path, 'utf8'))]).toEqual([lines, true]);
        rmSync(path, { force: true });
      }
      expect(kills).toBeGreaterThan(2);
      expect(isKilled).toBe(false); // the last one came to its end
      expect(readdirSync(folder).filter((name) => name.startsWith('file-'))).toEqual([]);
    });
  },
);
