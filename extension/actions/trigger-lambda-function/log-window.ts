import type { LineKind } from './log-lines.ts';

/** What is known of the stream that a window is laid over. */
export interface WindowFacts {
  /** Whether the line that begins the run is there; without it only lines that name the run are its own. */
  readonly hasStart: boolean;
  readonly hasReport: boolean;
  /** Whether several runs write to the stream at once. */
  readonly isShared: boolean;
  /** Whether lines name their run in a member of their own, so that none can quote another's. */
  readonly isJson: boolean;
}

/** Decides which lines of a stream are a run's: from its start to its end all, but for those that name another run. */
export class LogWindow {
  readonly #facts: WindowFacts;
  #isShared: boolean;
  #part: 'before' | 'within' | 'after' | 'beyond';
  /** Whether a line was left out that could have been the run's. */
  isLossy = false;

  constructor(facts: WindowFacts) {
    this.#facts = facts;
    this.#isShared = facts.isShared || !facts.hasStart;
    this.#part = facts.hasStart ? 'before' : 'within';
  }

  holds(kind: LineKind): boolean {
    switch (kind) {
      case 'start':
        this.#part = 'within';
        return true;
      case 'report':
        this.#part = 'after';
        return true;
      case 'ours':
        return this.#facts.isJson || this.#part === 'within' || this.#part === 'after';
      case 'another':
        this.#meet();
        return false;
      case 'plain':
        if (this.#part !== 'within') return false;
        if (this.#isShared) this.isLossy = true;
        return !this.#isShared;
    }
  }

  /** Another run begins or ends, and may say the id of this one from here on. */
  #meet(): void {
    if (this.#part === 'after') this.#part = 'beyond';
    if (this.#part !== 'within') return;
    if (this.#facts.hasReport || this.#facts.isJson) this.#isShared = true;
    else this.#part = 'beyond'; // the run was cut off without a report
  }
}
