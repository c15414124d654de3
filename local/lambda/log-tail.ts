import { endLines, startLines } from '../logs/system-lines.ts';
import type { HandlerRun } from './run-facts.ts';

const TAIL_BYTES = 4096;

/** Writes an invocation's log as Lambda does: START, what the function printed, END and REPORT. */
export function writeLog(run: HandlerRun): Buffer {
  const now = Date.now();
  return Buffer.concat([
    run.initOutput,
    toText(startLines(run, now)),
    ensureNewline(run.output),
    toText(endLines(run, now)),
  ]);
}

/** The last 4 KB, as X-Amz-Log-Result carries them; the cut may fall inside a character, as it does at AWS. */
export function tail(log: Buffer): string {
  return log.subarray(-TAIL_BYTES).toString('base64');
}

function toText(lines: readonly string[]): Buffer {
  return Buffer.from(lines.map((line) => `${line}\n`).join(''));
}

function ensureNewline(output: Buffer): Buffer {
  return output.length === 0 || output.at(-1) === 0x0a ? output : Buffer.concat([output, Buffer.from('\n')]);
}
