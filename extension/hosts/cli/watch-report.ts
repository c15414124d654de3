import type { DurableResult } from '../../outcome/answer.ts';
import type { Outcome } from '../../outcome/outcome.ts';
import { statuses } from '../../outcome/status.ts';
import type { Asked } from './ask.ts';
import { payloadText } from './payload-text.ts';
import { printerFor } from './printer.ts';
import type { Live, Stage, View } from './stage.ts';
import { jsonLine, jsonLines, textLines, timeOf } from './step-lines.ts';
import { durationText } from './text.ts';
import { type Watched, watchExecution } from './watch-execution.ts';

/** How `watch` shows an execution: its steps while it runs, then its end. */
export function watchOf(watched: Watched, form: string): Pick<Asked, 'live' | 'show' | 'verdict'> {
  return {
    live: (stage) => liveOf(watched, form, stage),
    show: (outcome, view) => (form === 'json' ? jsonLine(endOf(outcome)) : resultOf(outcome, view)),
    verdict: verdictOf,
  };
}

function liveOf(watched: Watched, form: string, stage: Stage): Live {
  const { view, progress } = stage;
  const printer = printerFor(stage);
  const lines = form === 'json' ? jsonLines : textLines(form === 'raw' ? view.err : view.out);
  // With raw, standard output is for the result alone.
  const write = form === 'raw' ? (text: string) => progress.line(text.trimEnd()) : printer.write;
  let name = '';
  let since: number | undefined;
  const running = new Map<string, string>();
  return {
    ports: { onProgress: undefined },
    printed: printer.done,
    action: (task, context) => {
      const audience = {
        begins: (execution: Parameters<typeof lines.begin>[0]) => {
          name = execution.name;
          since = execution.startedAt ?? undefined;
          write(lines.begin(execution));
          progress.say(name, since);
        },
        step: (step: Parameters<typeof lines.step>[0]) => {
          write(lines.step(step));
          const { kind, state, attempt, event } = step;
          const key = event.operation ?? step.name ?? kind;
          if (state === 'started' && kind !== 'execution') running.set(key, labelOf(kind, step.name, attempt));
          else running.delete(key);
          const last = [...running.values()].at(-1);
          progress.say(last === undefined ? name : `${name}: ${last}`, since);
        },
      };
      return watchExecution(watched, audience, task, context);
    },
  };
}

function labelOf(kind: string, name: string | null, attempt: number | null): string {
  return `${kind}${name === null ? '' : ` ${name}`}${attempt !== null && attempt > 1 ? `, attempt ${attempt}` : ''}`;
}

/** The result of an execution that has ended, below its steps. */
function resultOf(outcome: Outcome, view: View): string {
  return durableOf(outcome)?.endedAt == null ? '' : payloadText.show(outcome, view);
}

function durableOf({ answer }: Outcome): DurableResult | null {
  return answer?.kind === 'invoke' ? (answer.durable ?? null) : null;
}

/** The last line for programs. There is always one. */
function endOf(outcome: Outcome): object {
  const { status, detail, answer, errors } = outcome;
  const durable = durableOf(outcome);
  const { exitCode, sentence } = statuses[status];
  const payload = answer?.kind === 'invoke' && answer.payload?.kind === 'text' ? answer.payload.text : null;
  return {
    ...{ event: 'end', name: durable?.name ?? null, arn: durable?.arn ?? null, status: durable?.status ?? null },
    ...{ startedAt: timeOf(durable?.startedAt ?? null), endedAt: timeOf(durable?.endedAt ?? null) },
    ...{ exitCode, statusDescription: sentence(detail), payload, error: errors },
  };
}

function verdictOf(outcome: Outcome): string {
  const durable = durableOf(outcome);
  if (durable === null) return 'Nothing was watched, and nothing was changed.';
  const { name, arn, status, startedAt, endedAt } = durable;
  if (endedAt === null) return `The durable execution goes on. To watch it again: ue-aws-lambda watch '${arn}'`;
  if (status === 'SUCCEEDED') return `Another run needs another name than ${name}.`;
  const time = startedAt === null ? '' : ` after ${durationText(endedAt - startedAt)}`;
  const how = ends[status ?? ''] ?? `ended as ${status}`;
  return `Durable execution ${name} ${how}${time}; another run needs another name.`;
}

const ends: Readonly<Record<string, string>> = {
  FAILED: 'failed',
  TIMED_OUT: 'timed out',
  STOPPED: 'was stopped',
};
