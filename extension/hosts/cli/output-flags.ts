import type { Flags } from './command.ts';

const group = 'Output';

/** Flags of every command that prints an answer of AWS. */
export const outputFlags: Flags = {
  output: {
    group,
    value: 'FORM',
    choices: ['text', 'json', 'raw'],
    default: 'text',
    help: 'text prints the answer for people, json the whole extension output, raw the answer byte for byte.',
  },
  json: { group, help: 'The same as --output json.' },
  quiet: { group, help: 'Print nothing on standard error but errors.' },
  verbose: { group, help: 'Print the log of the task on standard error.' },
  'no-color': { group, help: 'No colours; so does the variable NO_COLOR. FORCE_COLOR=1 asks for them.' },
};

export const queryFlag: Flags = {
  query: {
    group,
    value: 'EXPRESSION',
    help: 'Print what a JMESPath expression finds in the answer (with --output json in the extension output; with --output raw a text without quotes).',
  },
};

export const outputContradictions = [
  ['output', 'json'],
  ['quiet', 'verbose'],
] as const;
