import type { Connector } from '../../connector/connector.ts';
import type { ConnectorResult } from '../../connector/connector-result.ts';
import { refusingConnector } from '../../connector/refusing-connector.ts';
import type { OnProgress } from '../../ports.ts';
import { Limiter } from '../process/limiter.ts';
import type { ConnectionNode } from './connection-node.ts';
import { Progress } from './progress.ts';
import type { Config, Done, Message, Node, Red, Send } from './red.ts';

/** One kind of node that calls AWS Lambda. */
export interface CallKind {
  readonly type: string;
  /** Makes the call that a message asks for. */
  call(connector: Connector, config: Config, message: Message, context: CallContext): Promise<ConnectorResult>;
  /** What goes into `msg.payload`. */
  payload(data: unknown): unknown;
}

export interface CallContext {
  readonly red: Red;
  /** What placeholders refer to: the message, also under the name `msg`. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
}

/** Messages that wait for their turn in one node; more would only fill the memory. */
const queueLimit = 1000;

export function registerCall(RED: Red, kind: CallKind): void {
  function Call(this: Node, config: Config) {
    RED.nodes.createNode(this, config);
    const closing = new AbortController();
    const limiter = new Limiter(limitOf(config));
    const progress = new Progress(this, RED._, () => limiter);
    const connector = () => connectorOf(RED, config);

    const answer = async (message: Message, send: Send, done: Done) => {
      const call = progress.begin();
      const parameters = { msg: message, ...message };
      const context = { red: RED, parameters, signal: closing.signal, onProgress: call.news };
      const result = await kind.call(connector(), config, message, context);
      message.result = result;
      message.payload = result.data === null ? null : kind.payload(result.data);
      call.ended(result);
      if (!result.success) return done(result.error);
      send(message);
      done();
    };

    this.status({});
    this.on('input', (message, send, done) => {
      if (limiter.waiting >= queueLimit) return done(RED._('runtime.queueFull', { limit: queueLimit }));
      limiter.run(() => answer(message, send, done)).catch((error) => done(String(error)));
      progress.show();
    });
    this.on('close', (done) => {
      closing.abort();
      limiter.idle().then(done);
    });
  }
  RED.nodes.registerType(kind.type, Call);
}

function connectorOf(RED: Red, { connection }: Config): Connector {
  const node = typeof connection === 'string' ? (RED.nodes.getNode(connection) as ConnectionNode | null) : null;
  if (node?.connector !== undefined) return node.connector;
  return refusingConnector(String(connection || 'none'), [
    { field: 'connection', message: RED._('runtime.noConnection') },
  ]);
}

function limitOf({ concurrency }: Config): number {
  const limit = Number(concurrency || 10);
  return Number.isInteger(limit) && limit > 0 ? limit : 10;
}
