/** Whether an execution was started with the payload of a task. Blanks between the tokens do not count. */
export function isSamePayload(ours: Uint8Array | undefined, recorded: string): boolean {
  const text = ours === undefined ? '' : Buffer.from(ours).toString('utf8');
  if (text === '') return ['', '{}', 'null'].includes(recorded.trim());
  return (
    text === recorded || withoutBlanks(text) === withoutBlanks(recorded) || asWritten(text) === asWritten(recorded)
  );
}

function withoutBlanks(json: string): string {
  return json.replace(/("[^"\\]*(?:\\.[^"\\]*)*")|\s+/g, '$1');
}

/** The text that JSON.stringify makes of it, in case the service serializes it again. */
function asWritten(json: string): string | null {
  try {
    return JSON.stringify(JSON.parse(json));
  } catch {
    return null;
  }
}
