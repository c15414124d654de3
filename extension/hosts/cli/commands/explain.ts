import type { Command, Given } from '../command.ts';

export const explain: Command = {
  name: 'explain',
  summary: 'Say what an exit code or an AWS error means and what to do.',
  description:
    'Says what an exit code, a status or the name of an AWS error means, whether it is safe to call again, and what to do.',
  parameters: [
    {
      name: 'CODE',
      help: 'An exit code, such as 21, a status or an AWS error, such as TooManyRequestsException.',
      missing: 'explain needs one exit code, status or name of an AWS error: ue-aws-lambda explain 21',
    },
  ],
  flags: {},
  examples: [
    { says: 'an exit code', command: 'ue-aws-lambda explain 21' },
    { says: 'an AWS error', command: 'ue-aws-lambda explain ResourceConflictException' },
  ],
  run,
};

async function run({ parameters: [code = ''] }: Given): Promise<number> {
  const [{ explain: explained, topics }, { nearest }, { UsageError }, { print }, { definitions }] = await Promise.all([
    import('../explanations.ts'),
    import('../nearest.ts'),
    import('../usage-error.ts'),
    import('../../process/print.ts'),
    import('../text.ts'),
  ]);
  const found = explained(code);
  if (found.length === 0) {
    const near = nearest(code, topics);
    const hint = near === undefined ? 'result.execution says whether the function ran' : `did you mean ${near}?`;
    throw new UsageError(`nothing is known of ${code}; ${hint}`);
  }
  const pages = found.map(({ title, meaning, again, remedy }) => {
    const rows = [
      ['Means', meaning],
      ['Again?', again],
      ['Do', remedy],
    ] as const;
    return `${title}\n${definitions(rows, 10)}`;
  });
  await print(pages.join('\n'));
  return 0;
}
