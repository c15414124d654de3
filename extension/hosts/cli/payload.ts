import { fstatSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { addAbortSignal } from 'node:stream';
import { CancelledError } from '../../errors.ts';
import { parseJson } from '../../formats/parse-json.ts';
import { type Given, has, textOf } from './command.ts';
import { UsageError } from './usage-error.ts';

type Fields = Readonly<Record<string, unknown>>;

export interface PayloadInput {
  readonly fields: Fields;
  /** Set when something is piped in that is not read. */
  readonly unread: boolean;
}

/** Standard input is read to this many bytes; the task refuses a shorter one that is still too large by its own limits. */
const limit = 8 * 2 ** 20;

/**
 * Finds the payload: a value, a file (@FILE, file://FILE, --payload-file), pairs, standard input when it is asked for
 * (-) or when something is piped into the command.
 */
export async function payloadOf(
  given: Given,
  signal: AbortSignal,
  notice: (text: string) => void,
): Promise<PayloadInput> {
  const value = textOf(given, 'payload');
  if (value === '-') return { fields: script(checked(await standardInput(signal, notice))), unread: false };
  const fields = value === undefined ? elsewhere(given) : fromValue(value);
  const piped = isPiped();
  if (fields !== null) return { fields, unread: piped };
  if (!piped) return { fields: {}, unread: false };
  const text = await standardInput(signal, notice);
  return { fields: text.trim() === '' ? {} : script(checked(text)), unread: false };
}

function fromValue(value: string): Fields {
  const path = value.startsWith('@') ? value.slice(1) : /^file:\/\/(.*)$/.exec(value)?.[1];
  if (path === undefined) return script(value);
  if (path === '') throw new UsageError('--payload @FILE needs the path of a file');
  return file(path.startsWith('~/') ? join(homedir(), path.slice(2)) : path);
}

function elsewhere(given: Given): Fields | null {
  const path = textOf(given, 'payload-file');
  if (path !== undefined) return path === '-' ? null : file(path);
  return has(given, 'data') ? script(objectOf(given.flags.get('data') ?? [])) : null;
}

const script = (text: string): Fields => ({ payload_source: 'Script', payload_script: text });
const file = (path: string): Fields => ({ payload_source: 'File', payload_file: path });

function checked(text: string): string {
  const json = parseJson(text);
  if ('fault' in json) throw new UsageError(`the payload on standard input ${json.fault}`);
  return text;
}

/** A JSON object of pairs: key=text, or key:=JSON, which goes in as it is written. */
export function objectOf(pairs: readonly string[]): string {
  const members = new Map<string, string>();
  for (const pair of pairs) {
    const [, key, colon, value = ''] = /^([^=]*?)(:?)=([\s\S]*)$/.exec(pair) ?? [];
    if (!key) throw new UsageError(`--data needs KEY=TEXT or KEY:=JSON, not ${pair}`);
    if (members.has(key)) throw new UsageError(`--data gives ${key} twice`);
    if (colon === ':' && 'fault' in parseJson(value)) {
      throw new UsageError(`--data ${key}:= needs JSON, such as 7, true or [1,2]; for text write ${key}=TEXT`);
    }
    members.set(key, colon === ':' ? value : JSON.stringify(value));
  }
  return `{${[...members].map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`;
}

/** Whether something other than a terminal or a device such as /dev/null is standard input. */
function isPiped(): boolean {
  try {
    const found = fstatSync(0);
    return found.isFIFO() || found.isSocket() || (found.isFile() && found.size > 0);
  } catch {
    return false; // it is closed
  }
}

async function standardInput(signal: AbortSignal, notice: (text: string) => void): Promise<string> {
  if (process.stdin.isTTY) notice('Reading the payload; end it with Ctrl-D.');
  const slow = setTimeout(() => notice('Reading the payload from standard input (for none: < /dev/null) …'), 3000);
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of addAbortSignal(signal, process.stdin)) {
      chunks.push(chunk as Buffer);
      bytes += (chunk as Buffer).length;
      if (bytes > limit) throw new UsageError('the payload on standard input is larger than AWS Lambda takes (6 MB)');
    }
  } catch (error) {
    throw signal.aborted ? new CancelledError() : error;
  } finally {
    clearTimeout(slow);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new UsageError('the payload on standard input must be JSON in UTF-8, but has bytes that are not UTF-8');
  }
}
