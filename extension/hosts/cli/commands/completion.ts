import type { Command } from '../command.ts';

const shells = ['bash', 'zsh', 'fish'];

export const completion: Command = {
  name: 'completion',
  summary: 'Print the script that completes the commands in a shell.',
  description: 'Prints a script for bash, zsh or fish that completes commands, flags, their choices and files.',
  parameters: [
    {
      name: 'SHELL',
      help: 'The shell.',
      choices: shells,
      missing: 'completion needs the name of one shell: bash, zsh or fish',
    },
  ],
  flags: {},
  examples: [
    { says: 'bash, for the current shell', command: 'source <(ue-aws-lambda completion bash)' },
    {
      says: 'fish, for every shell',
      command: 'ue-aws-lambda completion fish > ~/.config/fish/completions/ue-aws-lambda.fish',
    },
  ],
  async run({ parameters: [shell = ''] }, commands) {
    const [{ completionFor }, { print }] = await Promise.all([
      import('../completion.ts'),
      import('../../process/print.ts'),
    ]);
    await print(completionFor(shell as 'bash' | 'zsh' | 'fish', commands));
    return 0;
  },
};
