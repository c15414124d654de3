import { parseArgs } from 'node:util';
import { type Level, levels } from '../process/log.ts';
import type { RunOptions } from './run.ts';
import { usage } from './usage.ts';

/** What the words after `run` ask for. */
export type Request =
  | { readonly kind: 'run' | 'check'; readonly options: RunOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'refused'; readonly message: string };

const flags = {
  check: { type: 'boolean' },
  fields: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  'log-level': { type: 'string', default: 'info' },
  output: { type: 'string' },
} as const;

export function requestOf(args: readonly string[]): Request {
  return plain(args) ?? parsed(args);
}

/** The flags with a value, each followed by one; null when there is anything else. `parseArgs` takes a millisecond. */
function plain(args: readonly string[]): Request | null {
  const found = new Map<string, string>();
  for (let index = 0; index < args.length; index += 2) {
    const [flag = '', value = ''] = args.slice(index, index + 2);
    if (!valued.has(flag) || value === '' || value.startsWith('-')) return null;
    found.set(flag, value);
  }
  const [fields, output] = [found.get('--fields'), found.get('--output')];
  const logLevel = found.get('--log-level') ?? flags['log-level'].default;
  if (!isLevel(logLevel)) return null;
  const paths = { ...(fields !== undefined && { fields }), ...(output !== undefined && { output }) };
  return { kind: 'run', options: { ...paths, logLevel } };
}

const valued = new Set(['--fields', '--output', '--log-level']);

function parsed(args: readonly string[]): Request {
  try {
    const { check, help, 'log-level': logLevel, ...paths } = parseArgs({ args: [...args], options: flags }).values;
    if (help) return { kind: 'help' };
    if (!isLevel(logLevel)) return refused(`--log-level must be one of ${levels.join(', ')}`);
    return { kind: check ? 'check' : 'run', options: { ...paths, logLevel } };
  } catch (error) {
    // Node's own message goes on with advice on positional arguments, of which there is none to give.
    return refused((error as Error).message.split('. ')[0] ?? '');
  }
}

function refused(fault: string): Request {
  return { kind: 'refused', message: `${fault}; usage: ${usage}` };
}

function isLevel(word: string): word is Level {
  return (levels as readonly string[]).includes(word);
}
