import type { InvokeResult, Payload } from '../../outcome/answer.ts';
import type { ErrorEntry } from '../../outcome/outcome.ts';

/** What an error in the function's own code is called, or null if the function did not fail. */
export function functionErrorOf({
  functionError,
  payload,
}: InvokeResult): { detail: string; entry: ErrorEntry } | null {
  if (functionError === null) return null;
  const { errorType, errorMessage } = parseError(payload);
  const parts = [functionError, errorType, errorMessage].filter((part) => part !== undefined);
  const message = errorMessage ?? 'the function failed without a message';
  return { detail: oneLine(parts.join(': ')), entry: { name: errorType ?? functionError, message } };
}

/** Longer messages are cut in the status description; `result.payload` has them whole. */
const longest = 1000;

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}

function parseError(payload: Payload | null): { errorType?: string; errorMessage?: string } {
  if (payload?.kind !== 'text') return {};
  if (payload.json === null) return { errorMessage: payload.text };
  const { errorType, errorMessage } = Object(payload.json.value) as Readonly<Record<string, unknown>>;
  return {
    ...(typeof errorType === 'string' && { errorType }),
    ...(typeof errorMessage === 'string' && { errorMessage }),
  };
}
