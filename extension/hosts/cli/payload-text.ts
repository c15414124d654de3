import { formsOf } from '../../actions/answers.ts';
import type { Outcome } from '../../outcome/outcome.ts';
import { visible } from './ask.ts';
import { prettyJson } from './pretty-json.ts';
import type { View } from './stage.ts';

/** The payload of an answer as it is printed: laid out on a terminal, verbatim on a pipe. */
export const payloadText = {
  json({ answer }: Outcome): string | null {
    const payload = answer?.kind === 'invoke' && answer.payload?.kind === 'text' ? answer.payload : null;
    return payload !== null && payload.json !== null ? payload.text : null;
  },

  show(outcome: Outcome, { out, isRaw }: View): string {
    const { answer } = outcome;
    if (answer === null) return '';
    const payload = answer.kind === 'invoke' && answer.payload?.kind === 'text' ? answer.payload : null;
    if (payload === null) return formsOf(answer).text(answer);
    if (isRaw) return payload.text;
    if (!out.isTerminal) return `${payload.text}\n`;
    return payload.json === null ? visible(payload.text) : `${prettyJson(payload.text, out.paint)}\n`;
  },
};
