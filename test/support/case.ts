import { readdirSync, readFileSync } from 'node:fs';
import { openSession } from '../../extension/aws/session.ts';
import { execute } from '../../extension/execute.ts';
import { processPorts } from '../../extension/hosts/process/ports.ts';
import { statuses } from '../../extension/outcome/status.ts';
import { toOutput } from '../../extension/output.ts';
import { parseDocument } from '../../extension/task/document.ts';
import { root, runProgram } from './run-program.ts';
import type { Script, ScriptedServer } from './scripted-server.ts';

/** One case: fields in, what the server does, and everything that is to be seen afterwards. */
export interface Case {
  readonly name: string;
  /** Laid over the base fields; null takes one away. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** The input as it is, in place of fields. */
  readonly input?: string;
  readonly server?: Script;
  readonly env?: Readonly<Record<string, string>>;
  readonly expect: Expectation;
}

export interface Expectation {
  readonly exit: number;
  readonly description?: string;
  readonly changed?: boolean;
  /** Attributes of `result` that must be equal. */
  readonly result?: Readonly<Record<string, unknown>>;
  /** The fields and messages in `result.error`, in any order. */
  readonly errors?: readonly { field?: string; name?: string; message?: string }[];
  readonly echoed?: Readonly<Record<string, unknown>>;
  /** Requests that the server received. */
  readonly requests?: number;
  readonly sent?: {
    path?: string;
    body?: string;
    headers?: Readonly<Record<string, string>>;
    absent?: readonly string[];
  };
  /** Text that must stand in the document as it is. */
  readonly verbatim?: string;
}

/** The cases of every file in test/cases that holds a list of them. */
export function loadCases(): [string, Case][] {
  return readdirSync(`${root}test/cases`)
    .filter((file) => file.endsWith('.cases.json'))
    .flatMap((file) =>
      (JSON.parse(readFileSync(`${root}test/cases/${file}`, 'utf8')) as Case[]).map((entry): [string, Case] => [
        `${file.replace('.cases.json', '')}: ${entry.name}`,
        entry,
      ]),
    );
}

/** The text that is given to the task: the case's own input, or its fields over the base. */
export function inputOf({ fields = {}, input }: Case, server: ScriptedServer): string {
  if (input !== undefined) return input.replaceAll('{server}', server.url);
  const base = {
    function_name: 'hello',
    region: 'us-east-1',
    endpoint_url: server.url,
    credentials: { user: 'AKIDEXAMPLE', password: 'EXAMPLE-SECRET-KEY' },
  };
  const given = Object.fromEntries(Object.entries({ ...base, ...fields }).filter(([, value]) => value !== null));
  return JSON.stringify(given)
    .replaceAll('{server}', server.url)
    .replace(/\{JSON text of (\d+) bytes\}/, (_, bytes) => `\\"${'x'.repeat(Number(bytes) - 2)}\\"`);
}

export interface Answer {
  readonly code: number | null;
  readonly text: string;
}

/** Asks the library, in this process. */
export async function askLibrary(input: string): Promise<Answer> {
  const silent = { error() {}, warn() {}, info() {}, debug() {} };
  const ports = { ...processPorts, openSession, log: silent, signal: new AbortController().signal };
  const raw = parse(input);
  const outcome = await execute(raw, ports);
  return { code: statuses[outcome.status].exitCode, text: toOutput(raw, outcome) };
}

/** What is not JSON stays text, which is no object of fields either. */
function parse(input: string): unknown {
  const document = parseDocument(input);
  return 'fault' in document ? input : document.value;
}

/** Asks the program, in a process of its own. */
export async function askProgram(input: string, env: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const { code, stdout } = await runProgram(['run'], { input, env });
  return { code, text: stdout };
}
