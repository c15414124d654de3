/**
 * The extension outputs of a task whose program gave none, made by the library, so that they have the program's form.
 * extension.py puts the text in place of `@reason@`, and the name of the field in place of `@field@`.
 */
const reason = '@reason@';
const field = '@field@';

/** Why there is no answer -> the output as text. */
export async function noAnswerDocuments() {
  const library = await import('../../dist/index.js');
  const unknown = (library.unknownOutcome ?? unknownOutcome)(reason);
  const notStarted = { ...unknown, execution: 'not_started' };
  const cancelled = { status: 'CANCELLED', errors: [{ name: 'Cancelled', message: reason }] };
  const outcomes = {
    /** The program ended without an answer. */
    died: unknown,
    /** The same, after it was told to stop. */
    stopped: { ...unknown, ...cancelled },
    /** The task was cancelled before the program was started. */
    cancelled: { ...notStarted, ...cancelled },
    /** This host cannot run the program. */
    host: { ...notStarted, errors: [{ name: 'HostNotSetUp', message: reason }] },
    /** A field cannot be given to the program. */
    refused: {
      ...notStarted,
      status: 'DATA_VALIDATION_ERROR',
      errors: [{ name: 'ValidationError', message: reason, field }],
    },
  };
  return Object.fromEntries(
    Object.entries(outcomes).map(([kind, outcome]) => [kind, library.toOutput(null, outcome).trim()]),
  );
}

/** A substitute until the library exports one. */
function unknownOutcome(detail) {
  return {
    ...{ status: 'FAIL', detail, execution: 'unknown', attempts: 0, requestId: null, answer: null },
    errors: [{ name: 'NoAnswer', message: detail }],
  };
}
