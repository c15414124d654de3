/** One command: its parser, its help, the shells' completions, the man page and docs/cli.md are made from it. */
export interface Command {
  /** One word, or two of which several commands share the first, such as `schedule add`; that one is no command then. */
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Paragraphs of the command's own page. */
  readonly description: string;
  readonly parameters: readonly Parameter[];
  readonly flags: Flags;
  /** Flags of which at most one may be given. */
  readonly exclusive?: readonly (readonly string[])[];
  /** Flags that mean nothing without another. */
  readonly requires?: Readonly<Record<string, string>>;
  readonly examples: readonly Example[];
  /** Resolves with the exit code. Throws UsageError. */
  readonly run: (given: Given, commands: readonly Command[]) => Promise<number>;
}

export type Flags = Readonly<Record<string, Flag>>;

export interface Parameter {
  readonly name: string;
  readonly help: string;
  readonly optional?: boolean;
  /** The last one may be given more than once. */
  readonly repeatable?: boolean;
  readonly completes?: Completion;
  readonly choices?: readonly string[];
  /** What is said when it is missing. */
  readonly missing: string;
}

export interface Flag {
  readonly help: string;
  /** The group of flags under whose title it is listed. */
  readonly group: string;
  /** How its value is called, such as SECONDS; none for a switch. */
  readonly value?: string;
  readonly choices?: readonly string[];
  readonly default?: string;
  /** For whole numbers: the least and the greatest. */
  readonly range?: readonly [number, number];
  readonly repeatable?: boolean;
  /** Other names of the same flag. */
  readonly aliases?: readonly string[];
  readonly completes?: Completion;
  /** The fields of the task that it sets; the last is the one that takes its value. */
  readonly fields?: readonly string[];
  readonly set?: (value: string) => Readonly<Record<string, unknown>>;
}

export type Completion = 'file' | 'folder';

export interface Example {
  readonly says: string;
  readonly command: string;
}

/** The words of a command line, read by its definition. */
export interface Given {
  readonly parameters: readonly string[];
  /** By the flag's own name, in the order given; a switch has an empty text. */
  readonly flags: ReadonlyMap<string, readonly string[]>;
  /** How each flag was typed, with its dashes. */
  readonly typed: ReadonlyMap<string, string>;
}

export function has({ flags }: Given, name: string): boolean {
  return flags.has(name);
}

export function textOf({ flags }: Given, name: string): string | undefined {
  return flags.get(name)?.[0];
}
