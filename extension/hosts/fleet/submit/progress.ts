import type { Terminal } from '../../cli/terminal.ts';
import type { Tally } from './wait.ts';

/** Shows how far many tasks are: a bar that moves on a terminal, else a line now and then. */
export interface BatchProgress {
  show(tally: Tally): void;
  /** The bar goes away. */
  stop(): void;
}

interface Shown {
  readonly terminal: Terminal;
  readonly isQuiet: boolean;
  readonly write?: (text: string) => void;
  readonly now?: () => number;
}

const clear = '\r\u001b[2K';

/** Milliseconds between two lines where there is no terminal. */
const lineEach = 10_000;

/** The rate is that of the last seconds, and not of a start that was slow. */
const rateOver = 10_000;

export function batchProgress({
  terminal,
  isQuiet,
  write = (text) => process.stderr.write(text),
  now = () => performance.now(),
}: Shown): BatchProgress {
  if (isQuiet) return { show() {}, stop() {} };
  let samples: { at: number; done: number }[] = [];
  let lineAt = now();
  let isDrawn = false;
  return {
    show(tally) {
      const at = now();
      const done = tally.completed + tally.failed + tally.cancelled;
      samples = [...samples.filter((sample) => at - sample.at <= rateOver), { at, done }];
      const [first = { at, done }] = samples;
      const rate = at === first.at ? 0 : ((done - first.done) * 1000) / (at - first.at);
      if (terminal.isTerminal) {
        write(`${clear}${bar(tally, done, rate, terminal)}`);
        isDrawn = true;
      } else if (at - lineAt >= lineEach) {
        write(`${words(tally, done, rate)}\n`);
        lineAt = at;
      }
    },
    stop() {
      if (isDrawn) write(clear);
      isDrawn = false;
    },
  };
}

export function words({ all, running, failed, cancelled }: Tally, done: number, rate: number): string {
  const left = rate > 0 && done < all ? `, about ${duration((all - done) / rate)} left` : '';
  const bad = [
    ...(failed > 0 ? [`${count(failed)} failed`] : []),
    ...(cancelled > 0 ? [`${count(cancelled)} cancelled`] : []),
  ];
  const parts = [`${count(done)} of ${count(all)} done`, ...bad, `${count(running)} running`, `${speed(rate)}${left}`];
  return parts.join(', ');
}

function bar(tally: Tally, done: number, rate: number, { width, paint }: Terminal): string {
  const text = words(tally, done, rate);
  const room = Math.min(30, width - text.length - 4);
  if (room < 8) return text.slice(0, Math.max(0, width - 1));
  const full = tally.all === 0 ? room : Math.floor((done / tally.all) * room);
  const colour = tally.failed > 0 ? 'yellow' : 'green';
  return `${paint(colour, '█'.repeat(full))}${paint('dim', '░'.repeat(room - full))} ${text}`;
}

export function count(number: number): string {
  return Math.round(number).toLocaleString('en-US');
}

export function speed(rate: number): string {
  return rate > 0 && rate < 1 ? `${count(rate * 60)} a minute` : `${count(rate)} a second`;
}

export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return seconds < 129_600 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}
