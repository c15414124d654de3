import { parseArgs } from 'node:util';
import { formsOf } from '../../actions/answers.ts';
import { openSession } from '../../aws/session.ts';
import { execute } from '../../execute.ts';
import type { Outcome } from '../../outcome/outcome.ts';
import { statuses } from '../../outcome/status.ts';
import { toOutput } from '../../output.ts';
import { cancelOnSignals } from '../process/cancel.ts';
import { exitAtOnce } from '../process/exit.ts';
import { logTo } from '../process/log.ts';
import { processPorts } from '../process/ports.ts';
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
  const outcome = await execute(fields, { ...processPorts, openSession, log, signal });
  release();
  const text = outcome.answer === null ? '' : formsOf(outcome.answer).text(outcome.answer);
  const lost = await print(json ? toOutput(fields, outcome) : text);
  process.stderr.write(summary(outcome));
  const { exitCode } = statuses[outcome.status];
  if (lost === null) return exitCode;
  process.stderr.write(`standard output cannot be written (${lost.code ?? lost.message})\n`);
  return exitCode || statuses.FAIL.exitCode;
}

/** What a person wants to know besides the payload: the log, what went wrong, and whether the function ran. */
function summary({ status, detail, errors, answer, execution, requestId }: Outcome): string {
  const log = answer?.kind === 'invoke' && answer.log !== null ? `${answer.log.trimEnd()}\n` : '';
  const causes = (errors ?? []).map(({ name, field, message }) => `  ${field ?? name}: ${message}\n`).join('');
  const sentence = statuses[status].sentence(detail).replace('See STDOUT for more details.', 'These are wrong:');
  const request = requestId === null ? '' : `, request ${requestId}`;
  return `${log}${sentence}\n${causes}(execution ${execution}${request})\n`;
}
