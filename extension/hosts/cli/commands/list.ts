import { type Command, type Flags, type Given, textOf } from '../command.ts';
import { connectionFlags, connectionNeeds, fieldFlag, fieldsOf } from '../field-flags.ts';
import { outputContradictions, outputFlags, queryFlag } from '../output-flags.ts';

const group = 'The list';

/** As many as one task lists. */
const all = 10_000;

const flags: Flags = {
  limit: {
    group,
    value: 'N',
    range: [1, all],
    aliases: ['max-items'],
    help: 'List at most so many functions. Unset: all of them.',
    fields: ['max_items'],
    set: () => ({}),
  },
  prefix: { group, value: 'TEXT', help: 'List only functions whose names begin so.' },
  ...fieldFlag('marker', group, { help: 'Where to continue, as an earlier list has said.' }),
  ...fieldFlag('function_version', group, {
    default: 'unqualified',
    help: 'ALL lists every published version, unqualified each function once.',
  }),
  ...queryFlag,
  ...outputFlags,
  ...connectionFlags,
};

export const list: Command = {
  name: 'list',
  summary: 'List the functions of a region.',
  description:
    'Lists the functions that the credentials can see, all pages of them: a table on a terminal, lines of values between tabs on a pipe.',
  parameters: [],
  flags,
  exclusive: outputContradictions,
  requires: connectionNeeds,
  examples: [
    { says: 'every function whose name begins with order-', command: 'ue-aws-lambda list --prefix order-' },
    { says: 'the names alone, as JSON', command: `ue-aws-lambda list --query '[].function_name'` },
  ],
  run,
};

async function run(given: Given): Promise<number> {
  const [{ ask }, { functionTable }] = await Promise.all([import('../ask.ts'), import('../function-table.ts')]);
  const prefix = textOf(given, 'prefix');
  const limit = Number(textOf(given, 'limit') ?? all);
  const asked = {
    ...{ command: list, given, what: 'Listing' },
    shape: functionTable.shape(prefix, limit),
    queried: functionTable.json,
    show: functionTable.show,
  };
  return ask(asked, () => ({
    ...{ function_version: 'unqualified', ...fieldsOf(flags, given), action: 'List Functions' },
    max_items: prefix === undefined ? limit : all, // AWS has no filter by name
  }));
}
