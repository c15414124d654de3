import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { type Phase, phases } from '../outcome/verdict.ts';

/** The answer as the wire gave it, before anything was read into it. */
export interface RawAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** One attempt at one request on its way: how far it came, and what ends it. It only goes forward. */
export class Journey {
  phase: Phase = 'idle';
  /** Host and port that the request goes to. */
  host: string | null = null;
  proxyUrl: string | null = null;
  answer: RawAnswer | null = null;
  readonly abort = new AbortController();
  readonly #onReady: () => void;

  /** `onReady` runs once, before the first byte of the request leaves. */
  constructor(onReady: () => void = () => {}) {
    this.#onReady = onReady;
  }

  reach(phase: Phase): void {
    if (phases.indexOf(phase) <= phases.indexOf(this.phase)) return;
    this.phase = phase;
    if (phase === 'ready') this.#onReady();
  }

  arrive(answer: RawAnswer): void {
    this.answer = answer;
    this.reach('response');
  }
}

/** TCP probes an idle peer after this time (ms): NAT gateways forget a connection after 350 s. */
export const keepAliveDelay = 30_000;

const journeys = new WeakMap<ClientRequest, Journey>();

/** The journey that a request was sent on. */
export function journeyOf(request: ClientRequest): Journey | undefined {
  return journeys.get(request);
}

/** Follows a request from before it has a socket to the moment when its connection is ready. */
export function follow(request: ClientRequest, journey: Journey, secure: boolean): void {
  journeys.set(request, journey);
  journey.reach('connecting');
  request.once('socket', (socket: Socket) => {
    socket.setKeepAlive(true, keepAliveDelay);
    const ready = () => journey.reach('ready');
    if (request.reusedSocket) ready();
    else if (secure) followHandshake(socket as TLSSocket, journey, ready);
    else if (socket.connecting) socket.once('connect', ready);
    else ready(); // through a proxy: the tunnel is open
  });
}

function followHandshake(
  socket: TLSSocket & { secureConnecting?: boolean },
  journey: Journey,
  ready: () => void,
): void {
  if (socket.connecting) socket.once('connect', () => journey.reach('tls'));
  if (socket.secureConnecting === false) ready();
  else socket.once('secureConnect', ready);
}
