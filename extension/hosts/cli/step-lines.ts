import { printable } from '../../formats/printable.ts';
import { snakeCase } from '../../formats/snake-case.ts';
import type { DurableExecution, DurableSummary } from '../../ports.ts';
import type { Step } from './steps.ts';
import type { Terminal } from './terminal.ts';
import { durationText, wrap } from './text.ts';

/** How the events of a durable execution are written: a text for each. */
export interface StepLines {
  begin(execution: DurableSummary | DurableExecution): string;
  step(step: Step): string;
}

/** For people: the time of day on a terminal, where lines are wrapped under their state; the whole time on a pipe. */
export function textLines({ isTerminal, paint, width }: Terminal): StepLines {
  let day = '';
  const clock = (at: number | null): [heading: string, time: string] => {
    if (at === null) return ['', '-'.padEnd(isTerminal ? 9 : 24)];
    if (!isTerminal) return ['', new Date(at).toISOString()];
    const today = dayOf(at);
    const heading = today === day ? '' : `${paint('dim', `${today} (UTC)`)}\n`;
    day = today;
    return [heading, secondOf(at)];
  };
  const until = (time: number) => {
    if (!isTerminal) return new Date(time).toISOString();
    return dayOf(time) === day ? secondOf(time) : `${dayOf(time)} ${secondOf(time)}`;
  };
  return {
    begin({ name, arn, status }) {
      return `${paint('bold', `Durable execution ${printable(name)}`)} ${printable(status)}\n${paint('dim', printable(arn))}\n`;
    },

    step(step) {
      const { event, kind, name, state } = step;
      const [heading, time] = clock(event.at);
      const label = `${kind.padEnd(10)} ${name === null ? '' : `${printable(name).padEnd(16)} `}`;
      const id = state === 'started' ? event.callbackId : null;
      const details = [...detailsOf(step, until), ...(id === null || isTerminal ? [] : [`callback ${id}`])];
      const left = time.length + 2 + label.length;
      const text = wrap(printable([state, ...details].join(', ')), Math.max(20, width - left));
      const lines = text.join(`\n${' '.repeat(left)}`);
      const shown = lines.startsWith(state) ? coloured(state) + lines.slice(state.length) : lines;
      // The whole command on a line of its own, to be copied.
      const command = id === null || !isTerminal ? '' : `\n  ue-aws-lambda approve '${printable(id)}'`;
      return `${heading}${paint('dim', time)}  ${label}${shown}${command}\n`;
    },
  };

  function coloured(state: string): string {
    if (state === 'succeeded') return paint('green', state);
    return /failed|timed out|stopped|cancelled/.test(state) ? paint('red', state) : state;
  }
}

function detailsOf({ kind, state, attempt, took, event }: Step, until: (time: number) => string): string[] {
  const { retryDelay, requestId } = event;
  const retried = attempt !== null && (attempt > 1 || retryDelay !== null || state === 'failed');
  return [
    ...(retried && attempt !== null ? [`attempt ${attempt}`] : []),
    ...(took === null || took < 50 ? [] : [`after ${durationText(took)}`]),
    ...(retryDelay === null ? [] : [`next attempt in ${retryDelay} s`]),
    ...(event.until === null ? [] : [`until ${until(event.until)}`]),
    ...(kind === 'invocation' && requestId !== null ? [`request ${requestId}`] : []),
  ];
}

const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);
const secondOf = (at: number) => `${new Date(at).toISOString().slice(11, 19)}Z`;

/** For programs: one JSON document a line. */
export const jsonLines: StepLines = {
  begin({ name, arn, status, startedAt }) {
    return jsonLine({ event: 'execution', name, arn, status, startedAt: timeOf(startedAt) });
  },

  step({ event, kind, name, state, attempt, took }) {
    const { id, at, type, requestId, callbackId, until, retryDelay } = event;
    return jsonLine({
      ...{ event: 'step', id, at: timeOf(at), type, kind, name, state, attempt },
      seconds: took === null ? null : took / 1000,
      ...{ retryDelay, until: timeOf(until), callbackId, requestId },
    });
  },
};

export function jsonLine(value: object): string {
  return `${JSON.stringify(snakeCase(value))}\n`;
}

/** ISO 8601. */
export function timeOf(milliseconds: number | null): string | null {
  return milliseconds === null ? null : new Date(milliseconds).toISOString();
}
