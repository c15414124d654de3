import { parseArgs } from 'node:util';
import { openSession } from '../../aws/session.ts';
import { execute } from '../../execute.ts';
import type { Answer, FunctionSummary, Outcome } from '../../outcome/outcome.ts';
import { statuses } from '../../outcome/status.ts';
import { toOutput } from '../../output.ts';
import { cancelOnSignals } from '../process/cancel.ts';
import { exitAtOnce } from '../process/exit.ts';
import { readFile } from '../process/input.ts';
import { logTo } from '../process/log.ts';
import { print } from '../process/print.ts';
import { flagsOf } from './flags.ts';
import { UsageError } from './usage-error.ts';

export async function invoke(words: readonly string[]): Promise<number> {
  const [[functionName, ...more], fields, looks] = parse(words);
  if (functionName === undefined || more.length > 0) throw new UsageError('invoke needs the name of one function');
  return ask({ ...fields, function_name: functionName }, looks);
}

export async function list(words: readonly string[]): Promise<number> {
  const [, fields, looks] = parse(words, 0);
  return ask({ ...fields, action: 'List Functions' }, looks);
}

export async function test(words: readonly string[]): Promise<number> {
  const [, fields, looks] = parse(words, 0);
  return ask({ ...fields, action: 'Test Connection' }, looks);
}

interface Looks {
  readonly json: boolean;
  readonly verbose: boolean;
}

function parse(words: readonly string[], positional = 1): [string[], Record<string, unknown>, Looks] {
  const flags = flagsOf();
  const options = Object.fromEntries(
    Object.entries(flags).map(([word, { value }]) => [
      word,
      { type: value ? ('string' as const) : ('boolean' as const) },
    ]),
  );
  const { values, positionals } = parseArgs({
    args: [...words],
    options: { ...options, json: { type: 'boolean' }, verbose: { type: 'boolean' } },
    allowPositionals: positional > 0,
  });
  const { json = false, verbose = false, ...given } = values;
  const fields = Object.entries(given).map(([word, value]) => {
    const flag = flags[word];
    return { ...flag?.sets, ...(flag?.value && { [flag.value]: value }) };
  });
  return [positionals, Object.assign({}, ...fields), { json: json === true, verbose: verbose === true }];
}

async function ask(fields: Record<string, unknown>, { json, verbose }: Looks): Promise<number> {
  const log = logTo(verbose ? 'debug' : 'warn');
  const { signal, release } = cancelOnSignals(log, () => exitAtOnce(statuses.CANCELLED.exitCode));
  const outcome = await execute(fields, { openSession, readFile, log, signal });
  release();
  const lost = await print(json ? toOutput(fields, outcome) : plainText(outcome.answer));
  process.stderr.write(summary(outcome));
  const { exitCode } = statuses[outcome.status];
  if (lost === null) return exitCode;
  process.stderr.write(`standard output cannot be written (${lost.code ?? lost.message})\n`);
  return exitCode || statuses.FAIL.exitCode;
}

function plainText(answer: Answer | null): string {
  switch (answer?.kind) {
    case 'invoke':
      return answer.payload === null ? '' : `${answer.payload}\n`;
    case 'functions':
      return table(answer.functions);
    case 'account':
      return Object.entries({ ...answer.limits, ...answer.usage })
        .map(([name, value]) => `${name.padEnd(32)} ${value.toLocaleString('en-US')}\n`)
        .join('');
    default:
      return '';
  }
}

function table(functions: readonly FunctionSummary[]): string {
  const rows = functions.map(({ functionName, version, runtime, timeout, memorySize, description }) => [
    functionName,
    version ?? '',
    runtime ?? '',
    timeout === null ? '' : `${timeout} s`,
    memorySize === null ? '' : `${memorySize} MB`,
    description ?? '',
  ]);
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

/** What a person wants to know besides the payload: the log, what went wrong, and whether the function ran. */
function summary({ status, detail, errors, answer, execution, requestId }: Outcome): string {
  const log = answer?.kind === 'invoke' && answer.log !== null ? `${answer.log.trimEnd()}\n` : '';
  const causes = (errors ?? []).map(({ name, field, message }) => `  ${field ?? name}: ${message}\n`).join('');
  const sentence = statuses[status].sentence(detail).replace('See STDOUT for more details.', 'These are wrong:');
  const request = requestId === null ? '' : `, request ${requestId}`;
  return `${log}${sentence}\n${causes}(execution ${execution}${request})\n`;
}
