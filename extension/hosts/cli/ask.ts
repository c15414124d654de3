import { formsOf } from '../../actions/answers.ts';
import { openSession } from '../../aws/session.ts';
import { execute } from '../../execute.ts';
import { printable } from '../../formats/printable.ts';
import type { Outcome } from '../../outcome/outcome.ts';
import { statuses } from '../../outcome/status.ts';
import { toOutput } from '../../output.ts';
import type { Log, OnProgress } from '../../ports.ts';
import { cancelOnSignals } from '../process/cancel.ts';
import { exitAtOnce } from '../process/exit.ts';
import { logTo } from '../process/log.ts';
import { processPorts } from '../process/ports.ts';
import { print } from '../process/print.ts';
import { type Command, type Given, has, textOf } from './command.ts';
import { type Progress, progressOf } from './progress.ts';
import { queryOf } from './query.ts';
import type { Live, Stage, View } from './stage.ts';
import { toStandardOutput } from './streamed-output.ts';
import { type Terminal, terminalOf } from './terminal.ts';
import { verdictLines, verdictOf } from './verdict-lines.ts';
import { wordingOf } from './wording.ts';

type Fields = Readonly<Record<string, unknown>>;

export interface Asked {
  readonly command: Command;
  readonly given: Given;
  /** What the progress line names. */
  readonly what: string;
  /** Whether the command can run a function. */
  readonly runs?: boolean;
  /** The field that the command's argument sets; function_name unless given. */
  readonly parameterField?: string;
  readonly action?: Parameters<typeof execute>[2];
  /** Whether `show` makes the JSON of --json itself. */
  readonly ownJson?: boolean;
  /** Changes the outcome before anything is made of it. */
  readonly shape?: (outcome: Outcome) => Outcome;
  /** What --query is asked of: JSON. */
  readonly queried?: (outcome: Outcome) => string | null;
  /** The answer for a person or a pipe; its own plain text otherwise. */
  readonly show?: (outcome: Outcome, view: View) => string;
  /** Set for a command that prints while it works. */
  readonly live?: (stage: Stage) => Live;
  /** What Ctrl-C does, for the moving line; it cancels otherwise. */
  readonly onCancel?: string;
  /** The line that says what is true of the function now; by the outcome's execution otherwise. */
  readonly verdict?: (outcome: Outcome) => string;
}

/** Runs one task for a person: the answer on standard output, everything else on standard error. */
export async function ask(
  asked: Asked,
  fieldsFor: (signal: AbortSignal, notice: (text: string) => void) => Promise<Fields> | Fields,
): Promise<number> {
  const { command, given, shape = (outcome) => outcome } = asked;
  const noColor = has(given, 'no-color');
  const view = {
    out: terminalOf(process.stdout, noColor),
    err: terminalOf(process.stderr, noColor),
    isRaw: textOf(given, 'output') === 'raw',
  };
  const expression = textOf(given, 'query');
  const query = expression === undefined ? null : queryOf(expression); // before anything is sent
  const quiet = has(given, 'quiet');
  const notice = (text: string) => quiet || process.stderr.write(`${text}\n`);
  const plainLog = logTo(has(given, 'verbose') ? 'debug' : quiet ? 'error' : 'warn');
  const signalLog = asked.onCancel === undefined ? plainLog : silent;
  const { signal, release, abort } = cancelOnSignals(signalLog, () => exitAtOnce(statuses.CANCELLED.exitCode));
  const fields = await fieldsFor(signal, notice);
  const progress = progressOf(plainLog, {
    ...{ what: asked.what, limit: limitOf(fields), quiet },
    ...(asked.onCancel !== undefined && { limit: null, onCancel: asked.onCancel }),
    isTerminal: view.err.isTerminal && !has(given, 'verbose'),
    width: () => process.stderr.columns ?? 80,
  });
  const onProgress = newsOf(progress, view.err);
  const live = asked.live?.({ view, progress, abort });
  const ports = { ...processPorts, openSession, log: progress.log, signal, onProgress, ...live?.ports };
  const outcome = shape(await execute(fields, ports, live?.action ?? asked.action));
  progress.stop();
  release();
  const lost = (await live?.printed()) ?? null;
  const fault = lost ?? (await deliver(asked, fields, outcome, view, query));
  const exit = statuses[outcome.status].exitCode;
  if (quiet && exit === 0 && fault === null) return exit;
  const log = outcome.answer?.kind === 'invoke' ? outcome.answer.log : null;
  if (log !== null && !quiet) process.stderr.write(view.err.paint('dim', visible(log)));
  const wording = wordingOf(command, given, asked.parameterField);
  process.stderr.write(view.err.paint('dim', savedLine(outcome)));
  const verdict = asked.verdict ?? (asked.runs === true ? verdictOf : undefined);
  process.stderr.write(verdictLines(outcome, { terminal: view.err, wording, verdict }));
  if (fault === null) return exit;
  process.stderr.write(`${fault}\n`);
  return exit || statuses.FAIL.exitCode;
}

const silent: Log = { error() {}, warn() {}, info() {}, debug() {} };

/** Seconds after which a task gives up; null when only silence ends it. */
function limitOf(fields: Fields): number | null {
  if (fields.wait_for_durable_execution === true) return Number(fields.durable_timeout ?? 86_400);
  return fields.response_mode === 'Streamed' ? null : Number(fields.wait_for_completion_timeout ?? 60);
}

/** Where the payload is, when it was saved. */
function savedLine({ answer }: Outcome): string {
  const payload = answer?.kind === 'invoke' ? answer.payload : null;
  if (payload?.kind !== 'saved' || payload.path === toStandardOutput) return '';
  const kind = payload.isJson ? ' of JSON' : '';
  return `Saved ${payload.bytes.toLocaleString('en-US')} bytes${kind} to ${printable(payload.path)}\n`;
}

/** Writes each event of a durable execution as a line; first its name, by which a wait is resumed. */
function newsOf(progress: Progress, { paint }: Terminal): OnProgress {
  let named = false;
  return ({ name, message, elapsed }) => {
    if (!named) progress.line(`Durable execution ${printable(name)}`);
    named = true;
    const news = printable(message.replace(/^Durable execution \S+ ?(was |is |: )?/, ''));
    progress.line(`${paint('dim', `${Math.round(elapsed / 1000)} s`.padStart(7))}  ${news}`);
  };
}

/** Prints the answer; says what kept the query from being answered. */
async function deliver(
  { given, queried, show, ownJson = false }: Asked,
  fields: Fields,
  outcome: Outcome,
  view: View,
  query: ReturnType<typeof queryOf> | null,
): Promise<string | null> {
  const isJson = !ownJson && (textOf(given, 'output') === 'json' || has(given, 'json'));
  const { answer } = outcome;
  const text = () => {
    if (isJson) return toOutput(fields, outcome);
    if (show !== undefined) return show(outcome, view);
    return answer === null ? '' : formsOf(answer).text(answer);
  };
  if (query === null) return printed(text());
  const json = isJson ? toOutput(fields, outcome) : (queried?.(outcome) ?? null);
  if (json === null) {
    const lost = await printed(text());
    return lost ?? (answer === null ? null : '--query was not asked: the answer is no JSON');
  }
  let found: string;
  try {
    found = rendered(query(JSON.parse(json)), view);
  } catch (error) {
    const lost = await printed(text());
    return lost ?? `--query failed, so the whole answer is printed: ${(error as Error).message}`;
  }
  return printed(found);
}

/** Prints a text; says when it could not be written. */
async function printed(text: string): Promise<string | null> {
  const lost = await print(text);
  return lost === null ? null : `standard output cannot be written (${lost.code ?? lost.message})`;
}

/** A query's result: JSON, laid out on a terminal; with --output raw a text without its quotes. */
function rendered(value: unknown, { out, isRaw }: View): string {
  if (isRaw && typeof value === 'string') return `${value}\n`;
  return `${JSON.stringify(value, null, out.isTerminal ? 2 : 0)}\n`;
}

/** A log as text: its line breaks stay, what a terminal would obey shows as escapes. */
export function visible(log: string): string {
  return `${log.trimEnd().split(/\r?\n/).map(printable).join('\n')}\n`;
}
