import type { ConnectorResult } from '../../connector/connector-result.ts';
import type { DurableProgress } from '../../ports.ts';
import type { Node, Red, Status } from './red.ts';

/** A call that has begun. */
export interface RunningCall {
  /** Takes an event of the durable execution that the call waits for. */
  readonly news: (progress: DurableProgress) => void;
  /** Reports how it ended. */
  readonly ended: (result: ConnectorResult) => void;
}

interface Begun {
  readonly at: number;
  /** What its durable execution does; null when it has none. */
  step: string | null;
}

/** The status under a node: what runs and for how long, and then how the last call ended. */
export class Progress {
  readonly #node: Node;
  readonly #text: Red['_'];
  readonly #load: () => { running: number; waiting: number };
  readonly #started: Begun[] = [];
  #timer: NodeJS.Timeout | undefined;
  #last: Status | undefined;

  constructor(node: Node, text: Red['_'], load: () => { running: number; waiting: number }) {
    this.#node = node;
    this.#text = text;
    this.#load = load;
  }

  /** Reports that a call has begun. */
  begin(): RunningCall {
    const begun: Begun = { at: Date.now(), step: null };
    this.#started.push(begun);
    this.#timer ??= setInterval(() => this.show(), 1000).unref();
    this.show();
    return {
      news: ({ waitingFor: [wait], step, status }) => {
        begun.step = wait?.name ?? wait?.kind ?? step ?? status;
        this.show();
      },
      ended: (result) => {
        this.#started.splice(this.#started.indexOf(begun), 1);
        this.#last = this.#ending(result, Date.now() - begun.at);
        if (this.#started.length === 0) this.#stop();
        this.show();
      },
    };
  }

  show(): void {
    const [oldest] = this.#started;
    if (oldest === undefined) {
      if (this.#last !== undefined) this.#node.status(this.#last);
      return;
    }
    const { running, waiting } = this.#load();
    const { step, at } = oldest;
    const alone = step === null ? 'status.working' : 'status.durable';
    const key = waiting > 0 ? 'status.queued' : running > 1 ? 'status.several' : alone;
    const seconds = Math.floor((Date.now() - at) / 1000);
    this.#node.status({ fill: 'blue', shape: 'dot', text: this.#text(key, { running, waiting, seconds, step }) });
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #ending(result: ConnectorResult, milliseconds: number): Status {
    const { success, data, error = '', metadata } = result;
    const seconds = (milliseconds / 1000).toFixed(2);
    if (success) {
      const { count = 0 } = data as { count?: number };
      const key = metadata.method === 'awslambda.list_functions' ? 'status.listed' : endings[metadata.execution];
      return { fill: 'green', shape: 'dot', text: this.#text(key, { code: metadata.statusCode, seconds, count }) };
    }
    if (metadata.functionError !== undefined) return this.#failed(this.#text('status.executionFailed'));
    const name = /^([A-Z]\w+): /.exec(error)?.[1];
    return this.#failed(name ?? this.#text('status.invalid'));
  }

  #failed(text: string): Status {
    return { fill: 'red', shape: 'ring', text };
  }
}

const endings = {
  completed: 'status.completed',
  accepted: 'status.accepted',
  not_started: 'status.allowed',
  unknown: 'status.completed',
} as const;
