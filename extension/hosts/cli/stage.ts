import type { execute } from '../../execute.ts';
import type { Ports } from '../../ports.ts';
import type { Progress } from './progress.ts';
import type { Terminal } from './terminal.ts';

/** Where a command prints while it works. */
export interface Stage {
  readonly view: View;
  readonly progress: Progress;
  /** Ends the work as a signal does. */
  readonly abort: () => void;
}

export interface Live {
  readonly ports?: Partial<Ports>;
  readonly action?: Parameters<typeof execute>[2];
  /** Resolves when all is printed, with what kept it from being printed. */
  readonly printed: () => Promise<string | null>;
}

export interface View {
  readonly out: Terminal;
  readonly err: Terminal;
  readonly isRaw: boolean;
}
