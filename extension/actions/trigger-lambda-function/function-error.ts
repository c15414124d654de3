import { parseJson } from '../../formats/parse-json.ts';
import type { InvokeResult, TextPayload } from '../../outcome/answer.ts';
import type { ErrorEntry } from '../../outcome/outcome.ts';

/**
 * What an error in the function's own code is called, or null if the function did not fail. `error` is the function's
 * error object, or its beginning.
 */
export function functionErrorOf(
  { functionError }: InvokeResult,
  error: TextPayload | null,
): { detail: string; entry: ErrorEntry } | null {
  if (functionError === null) return null;
  const { errorType, errorMessage } = parseError(error);
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

function parseError(payload: TextPayload | null): { errorType?: string; errorMessage?: string } {
  if (payload === null) return {};
  if (payload.json === null) return parseCutError(payload.text);
  const { errorType, errorMessage } = Object(payload.json.value) as Readonly<Record<string, unknown>>;
  return {
    ...(typeof errorType === 'string' && { errorType }),
    ...(typeof errorMessage === 'string' && { errorMessage }),
  };
}

/** A long error object is known by its beginning only, where Lambda puts the two. What is no such object is a message. */
function parseCutError(text: string): { errorType?: string; errorMessage?: string } {
  if (!/^\s*\{\s*"error(?:Type|Message)"/.test(text)) return { errorMessage: text };
  const errorType = memberOf(text, 'errorType');
  const errorMessage = memberOf(text, 'errorMessage') ?? text;
  return { ...(errorType !== undefined && { errorType }), errorMessage };
}

/** The string that a member holds, as far as it is there. */
function memberOf(text: string, name: string): string | undefined {
  const found = new RegExp(`[{,]\\s*"${name}"\\s*:\\s*"((?:[^"\\\\]|\\\\(?:u[0-9a-fA-F]{4}|[^u]))*)`).exec(text)?.[1];
  const parsed = found === undefined ? null : parseJson(`"${found}"`);
  return parsed !== null && 'value' in parsed ? (parsed.value as string) : undefined;
}
