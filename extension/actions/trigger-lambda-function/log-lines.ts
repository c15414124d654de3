/** What a line of a log is to one run: `ours` and `another` name a run, `plain` names none. */
export type LineKind = 'start' | 'report' | 'ours' | 'another' | 'plain';

/** Distinguishes the lines of one run from those of others, in the format that the function's log has. */
export function lineKinds(requestId: string, isJson: boolean): (message: string) => LineKind {
  return isJson ? (message) => kindOfJson(message, requestId) : (message) => kindOfText(message, requestId);
}

/** Finds the lines that name a run. A line that quotes the id of another run matches too. */
export function patternOf(requestId: string, isJson: boolean): string {
  return isJson ? `{ ($.requestId = "${requestId}") || ($.record.requestId = "${requestId}") }` : `"${requestId}"`;
}

function kindOfText(message: string, requestId: string): LineKind {
  const [, type, id] = /^(START|END|REPORT) RequestId: ([^\s]+)/.exec(message) ?? [];
  if (id === undefined) return message.includes(requestId) ? 'ours' : 'plain';
  if (id !== requestId) return 'another';
  return type === 'START' ? 'start' : type === 'REPORT' ? 'report' : 'ours';
}

function kindOfJson(message: string, requestId: string): LineKind {
  const { type, record, requestId: id } = objectIn(message);
  const { requestId: recorded } = typeof record === 'object' && record !== null ? (record as Named) : {};
  const named = typeof recorded === 'string' && typeof type === 'string' ? recorded : id;
  if (typeof named !== 'string') return 'plain';
  if (named !== requestId) return 'another';
  return type === 'platform.start' ? 'start' : type === 'platform.report' ? 'report' : 'ours';
}

type Named = { readonly requestId?: unknown };

function objectIn(message: string): Readonly<Record<string, unknown>> {
  if (!message.startsWith('{')) return {};
  try {
    return JSON.parse(message);
  } catch {
    return {}; // a print that begins like an object
  }
}
