import type { Flags } from './command.ts';

const group = 'The call';

/** Where a payload comes from. `payloadOf` reads them. */
export const payloadFlags: Flags = {
  payload: {
    group,
    value: 'JSON',
    help: 'The payload: JSON, @FILE or file://FILE for the bytes of a file, - for standard input. Unset: what is piped in, else none.',
    fields: ['payload_source', 'payload_script', 'payload_file'],
    set: () => ({}),
  },
  'payload-file': {
    group,
    value: 'FILE',
    completes: 'file',
    help: 'A file whose bytes are the payload.',
    fields: ['payload_source', 'payload_file'],
    set: () => ({}),
  },
  data: {
    group,
    value: 'KEY=TEXT',
    repeatable: true,
    help: 'A member of the payload, a JSON object; KEY:=JSON for a value that is no text.',
    fields: ['payload_script'],
    set: () => ({}),
  },
};
