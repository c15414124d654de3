import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { root, runProgram } from '../../support/run-program.ts';
import { type ScriptedServer, scriptedServer } from '../../support/scripted-server.ts';

let server: ScriptedServer;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  server = await scriptedServer({ body: '{"answer":42}' });
  env = {
    AWS_ENDPOINT_URL: server.url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'EXAMPLE-SECRET',
  };
});
afterAll(() => server.close());

describe('what cannot be understood is refused before anything is sent', () => {
  test.each([
    ['a flag of another command', ['test', '--event'], '--event is a flag of invoke; test does not use it'],
    [
      'a payload for a list',
      ['list', '--payload', '{}'],
      '--payload is a flag of invoke, doctor, submit, schedule add; list does not use it',
    ],
    ['Event and Dry Run', ['invoke', 'f', '--event', '--dry-run'], '--event and --dry-run contradict each other'],
    [
      'two payloads',
      ['invoke', 'f', '--payload', '1', '--payload-file', 'x'],
      '--payload and --payload-file contradict',
    ],
    ['a log of a queued call', ['invoke', 'f', '--event', '--log'], '--event and --log contradict each other'],
    ['a flag twice', ['invoke', 'f', '--region', 'a', '--region', 'b'], '--region is given twice'],
    ['two names of one flag', ['invoke', 'f', '--tail', '--log'], '--tail and --log are the same flag'],
    ['a misspelt flag', ['invoke', 'f', '--timout', '3'], "Unknown option '--timout'; did you mean --timeout?"],
    [
      'a short flag',
      ['invoke', 'f', '-q'],
      "Unknown option '-q'; flags have long names: --qualifier, --query, --quiet",
    ],
    ['a misspelt command', ['inovke'], 'no such command: inovke; did you mean invoke?'],
    ['a value out of range', ['invoke', 'f', '--timeout', '0'], '--timeout must be a whole number from 1 to 1800'],
    [
      'a misspelt choice',
      ['list', '--function-version', 'every'],
      '--function-version must be one of ALL, unqualified',
    ],
    ['a value that is missing', ['invoke', 'f', '--region', '--tail'], '--region needs a value: --region REGION'],
    ['an empty value', ['invoke', 'f', '--region='], '--region needs a value that is not empty'],
    ['a value for a switch', ['invoke', 'f', '--tail=yes'], '--tail is a switch and takes no value'],
    [
      'a flag without its companion',
      ['test', '--role-external-id', 'x1'],
      '--role-external-id means nothing without --role-arn',
    ],
    ['an argument too many', ['list', 'all'], 'list takes no argument; what is all?'],
    ['no JSON', ['invoke', 'f', '--payload', '{id:1}'], '--payload: must be valid JSON'],
    ['no JSON in a pair', ['invoke', 'f', '--data', 'id:=x'], '--data id:= needs JSON'],
    ['a pair twice', ['invoke', 'f', '--data', 'id=1', '--data', 'id=2'], '--data gives id twice'],
    ['a file that is not there', ['invoke', 'f', '--payload', '@/nonexistent'], '--payload: cannot be read (ENOENT)'],
    ['a query that cannot be read', ['invoke', 'f', '--query', 'a['], '--query is no JMESPath expression'],
    ['a role that is none', ['test', '--role-arn', 'admin'], '--role-arn: must be the ARN of an IAM role'],
    [
      'a field that nobody typed',
      ['invoke', 'f:1', '--qualifier', '2'],
      '--qualifier: conflicts with the one inside FUNCTION',
    ],
  ])('%s', async (_name, words, message) => {
    const before = server.received.length;
    const { code, stdout, stderr } = await runProgram(words, { env });
    expect([code, stdout]).toEqual([20, '']);
    expect(stderr).toContain(message);
    expect(server.received).toHaveLength(before);
  });
});

describe('help and version', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

  test.each([['-v'], ['--version'], ['version']])('%s prints the version', async (word) => {
    expect(await runProgram([word])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  test.each([['-h'], ['--help'], ['help']])('%s prints the list of commands', async (word) => {
    expect((await runProgram([word])).stdout).toContain('Usage: ue-aws-lambda COMMAND');
  });

  test.each([
    [['invoke', '-h'], 'invoke FUNCTION'],
    [['invoke', 'f', '--event', '--help'], 'invoke FUNCTION'],
    [['help', 'invoke'], 'invoke FUNCTION'],
    [['local', '-h'], 'local DIR'],
    [['help', 'run'], 'run'],
  ])('%j prints the page of the command, with every line within 80 columns', async (words, usage) => {
    const { code, stdout } = await runProgram(words);
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: ue-aws-lambda ${usage}`);
    const wide = stdout.split('\n').filter((line) => line.length > 80 && !line.startsWith('  ue-aws-lambda'));
    expect(wide).toEqual([]);
  });

  test('a page gives choices, defaults and ranges', async () => {
    const text = (await runProgram(['invoke', '--help'])).stdout.replace(/\s+/g, ' ');
    expect(text).toContain(
      '--timeout SECONDS Seconds from the request sent to the last byte of the answer; of a stream, the longest silence between two bytes. From 1 to 1800. Default: 60.',
    );
    expect(text).toContain('One of: HTTP, HTTPS, HTTPS with Credentials. Default: HTTP.');
  });
});
