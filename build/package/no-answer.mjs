/**
 * The extension outputs of a task whose program gave none, made by the library, so that they have the program's form.
 * extension.py puts the text in place of `@reason@`, and the name of the field in place of `@field@`.
 */
const reason = '@reason@';
const field = '@field@';

/** Why there is no answer -> the output as text. */
export async function noAnswerDocuments() {
  const { toOutput, unknownOutcome } = await import('../../dist/index.js');
  const unknown = unknownOutcome(reason);
  const notStarted = { ...unknown, execution: 'not_started', detail: reason };
  const outcomes = {
    /** The program ended without an answer. */
    died: unknown,
    /** The same, after it was told to stop. */
    stopped: unknownOutcome(reason, 'CANCELLED'),
    /** The task was cancelled before the program was started. */
    cancelled: { ...notStarted, status: 'CANCELLED', errors: [{ name: 'Cancelled', message: reason }] },
    /** This host cannot run the program. */
    host: { ...notStarted, errors: [{ name: 'HostNotSetUp', message: reason }] },
    /** A field cannot be given to the program. */
    refused: {
      ...notStarted,
      status: 'DATA_VALIDATION_ERROR',
      errors: [{ name: 'ValidationError', message: reason, field }],
    },
  };
  return Object.fromEntries(Object.entries(outcomes).map(([kind, outcome]) => [kind, toOutput(null, outcome).trim()]));
}
