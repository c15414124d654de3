import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { type Phase, phases } from '../../outcome/call-failure.ts';

/** The head of an answer as the wire gave it, before anything was read into it. */
export interface AnswerHead {
  readonly statusCode: number;
  /** By lower-case names; the values of a repeated header are joined. */
  readonly headers: Readonly<Record<string, string>>;
}

/** TCP probes an idle peer after this time (ms): NAT gateways forget a connection after 350 s. */
export const keepAliveDelay = 30_000;

const order = Object.fromEntries(phases.map((phase, index) => [phase, index])) as Record<Phase, number>;

interface Destroyable {
  destroy(): unknown;
}

/** How far one attempt at one request has come, and what ends it. Its phase only rises. */
export class RequestProgress {
  phase: Phase = 'idle';
  /** Host and port that the request goes to. */
  host: string | null = null;
  proxyUrl: string | null = null;
  answer: AnswerHead | null = null;
  readonly #onReady: () => void;
  readonly #onSilence: (begins: boolean) => void;
  readonly #held = new Set<Destroyable>();
  #given = false;

  /**
   * `onReady` runs once, before the first byte of the request leaves; `onSilence` each time when the server's turn in a
   * stream begins or ends.
   */
  constructor(onReady: () => void = () => {}, onSilence: (begins: boolean) => void = () => {}) {
    this.#onReady = onReady;
    this.#onSilence = onSilence;
  }

  /** Waits for the next bytes of a stream from now on: the deadline starts again. */
  listen(): void {
    this.#onSilence(true);
  }

  /** Has bytes to work on. The time that it takes is not the server's. */
  work(): void {
    this.#onSilence(false);
  }

  reach(phase: Phase): void {
    if (order[phase] <= order[this.phase]) return;
    this.phase = phase;
    if (phase === 'ready') this.#onReady();
  }

  /** Follows the request from before it has a socket to the moment when its connection is ready. */
  follow(request: ClientRequest, secure: boolean): void {
    this.hold(request);
    this.reach('connecting');
    request.once('socket', (socket: Socket) => {
      socket.setKeepAlive(true, keepAliveDelay);
      const ready = () => this.reach('ready');
      if (request.reusedSocket) ready();
      else if (secure) this.#followHandshake(socket as TLSSocket, ready);
      else if (socket.connecting) socket.once('connect', ready);
      else ready(); // through a proxy: the tunnel is open
    });
  }

  arrive(answer: AnswerHead): void {
    this.answer = answer;
    this.reach('response');
  }

  /** Keeps what must be closed when the request is given up. */
  hold(resource: Destroyable): void {
    this.#held.add(resource);
    if (this.#given) resource.destroy();
  }

  /** Gives up: closes everything that is open for this request. */
  giveUp(): void {
    this.#given = true;
    for (const resource of this.#held) resource.destroy();
  }

  #followHandshake(socket: TLSSocket & { secureConnecting?: boolean }, ready: () => void): void {
    if (socket.connecting) socket.once('connect', () => this.reach('tls'));
    if (socket.secureConnecting === false) ready();
    else socket.once('secureConnect', ready);
  }
}
