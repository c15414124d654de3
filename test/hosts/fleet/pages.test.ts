import { execFile, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse as parseYaml } from 'yaml';
import { commands } from '../../../extension/hosts/cli/commands.ts';
import { parse } from '../../../extension/hosts/cli/parse.ts';
import { embeddedFolder, embeddedUrl } from '../../support/embedded.ts';
import { startLocal } from '../../support/local-program.ts';
import { postgresPrograms, startPostgres, withoutPostgres } from '../../support/postgres.ts';
import { serverPid } from '../../support/processes.ts';
import { bundle, cleanEnvironment, root } from '../../support/run-program.ts';
import { until } from '../../support/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'fleet-pages-'));
let database: string;

beforeAll(async () => {
  database = await embeddedFolder();
  const script = `#!/bin/sh\nexec '${process.execPath}' '${bundle}' "$@"\n`;
  writeFileSync(join(folder, 'ue-aws-lambda'), script, { mode: 0o755 });
}, 300_000);
afterAll(async () => {
  await until(() => serverPid(database) === null);
  for (const path of [folder, database]) rmSync(path, { recursive: true });
});

const shell = (command: string, env: NodeJS.ProcessEnv) =>
  new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    const path = `${folder}:${process.env.PATH}`;
    const options = { cwd: folder, env: { ...cleanEnvironment(), PATH: path, ...env } };
    execFile('bash', ['-c', command], options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : error.code, stdout, stderr }),
    );
  });

describe('examples/fleet/try.sh', () => {
  const run = async (url: string) => {
    const { code, stdout, stderr } = await shell(`sh '${root}examples/fleet/try.sh'`, { DATABASE_URL: url });
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('{"message":"Hello, world!"}');
    expect(stdout.match(/SUCCESS: 4 of 4 tasks succeeded/g)).toHaveLength(1);
    expect(stdout).toMatch(/^lambda\t0\t0\t0\t0\t10\t0\t/m);
  };

  test('on the embedded database', () => run(embeddedUrl(database)));

  (postgresPrograms === null ? test.skip : test)(
    postgresPrograms === null ? withoutPostgres : 'on PostgreSQL',
    async () => {
      const server = await startPostgres();
      try {
        await run(server.url);
      } finally {
        await server.remove();
      }
    },
  );
});

/** Every command of the fleet in the blocks of a page, without those that serve until a signal. */
function commandsOf(page: string): string[] {
  const blocks = readFileSync(join(root, page), 'utf8').matchAll(/^```(?:sh|bash)?\n([\s\S]*?)^```$/gm);
  const lines = [...blocks].flatMap(([, block = '']) => block.replace(/\\\n\s*/g, '').split('\n'));
  const ofFleet = /^ue-aws-lambda (worker .*--until-empty|submit|status|results|retry|cancel|tasks|schedule)\b/;
  return lines.filter((line) => ofFleet.test(line) && !/ \[|\]$|\[FLAGS\]/.test(line));
}

describe('the commands of docs/fleet.md', () => {
  let local: Awaited<ReturnType<typeof startLocal>>;
  let env: NodeJS.ProcessEnv;
  let worker: ReturnType<typeof spawn>;
  beforeAll(async () => {
    local = await startLocal(`${root}examples/functions`);
    env = { ...local.env, AWS_REGION: 'eu-central-1', DATABASE_URL: embeddedUrl(database) };
    cpSync(`${root}examples/fleet/events.ndjson`, join(folder, 'events.ndjson'));
    cpSync(`${root}examples/fleet/orders.yaml`, join(folder, 'flow.yaml'));
    worker = spawn(process.execPath, [bundle, 'worker'], { env: { ...cleanEnvironment(), ...env }, stdio: 'ignore' });
  });
  afterAll(async () => {
    const ended = new Promise((resolve) => worker.on('close', resolve));
    worker.kill('SIGTERM');
    await ended;
    await local.stop();
  });

  test.each(commandsOf('docs/fleet.md'))('%s', async (line) => {
    const { code, stderr } = await shell(line, env);
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  });
});

test('the shard of docs/fleet-scale.md is one of its databases', async () => {
  const line = readFileSync(`${root}docs/fleet-scale.md`, 'utf8').match(/^shard=.*$/m)?.[0];
  const shards = await Promise.all(
    ['a', 'b', 'c', 'd', 'e', 'f'].map(async (of) =>
      (await shell(`${line}; echo $shard`, { CUSTOMER: of })).stdout.trim(),
    ),
  );
  expect(shards.every((shard) => /^[012]$/.test(shard))).toBe(true);
  expect(new Set(shards).size).toBeGreaterThan(1);
});

describe('what starts workers elsewhere has words that the program understands', () => {
  const understand = (name: string, words: readonly string[]) => {
    const command = commands.find((known) => known.name === name);
    expect(command).toBeDefined();
    if (command !== undefined) parse(command, words, commands);
  };

  test.each(['ue-aws-lambda-worker@.service', 'ue-aws-lambda-dashboard.service'])('%s', (file) => {
    const unit = readFileSync(`${root}examples/fleet/${file}`, 'utf8');
    const [name = '', ...words] = /^ExecStart=\/usr\/bin\/ue-aws-lambda (.*)$/m.exec(unit)?.[1]?.split(' ') ?? [];
    understand(name, words);
  });

  test('compose.yaml', () => {
    const { services } = parseYaml(readFileSync(`${root}examples/fleet/compose.yaml`, 'utf8'));
    const [name = '', ...words] = services.worker.command.split(' ');
    understand(name, words);
    expect(services.database.ports).toEqual(['127.0.0.1:5432:5432']);
  });
});
