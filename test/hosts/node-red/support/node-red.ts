import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import awslambda from '../../../../extension/hosts/node-red/awslambda.ts';
import type { ConnectorResult } from '../../../../extension/index.ts';

const require = createRequire(import.meta.url);
/** The Node-RED under test: that of this project, or the one in the folder that the environment names. */
const { NODE_RED_FOLDER } = process.env;
const ofNodeRed = NODE_RED_FOLDER ? createRequire(join(resolve(NODE_RED_FOLDER), 'package.json')) : require;

export interface Message {
  payload?: unknown;
  result?: ConnectorResult;
  error?: { message: string };
  [key: string]: unknown;
}

interface RunningNode {
  receive(message: object): void;
  on(event: 'input' | 'call:status', listener: (message: never) => void): void;
  close(removed?: boolean): Promise<void>;
}

export interface Helper {
  init(path: string): void;
  startServer(done: () => void): void;
  stopServer(done: () => void): void;
  load(nodes: unknown, flow: object[], credentials: object): Promise<void>;
  unload(): Promise<void>;
  getNode(id: string): RunningNode;
  request(): { post(path: string): HttpRequest };
}

interface HttpRequest {
  set(header: string, value: string): HttpRequest;
  send(body: object | string): Promise<{ status: number; body: never; text: string }>;
}

export const helper: Helper = require('node-red-node-test-helper');
helper.init(ofNodeRed.resolve('node-red'));

const catchNode = ofNodeRed('@node-red/nodes/core/common/25-catch.js');
const completeNode = ofNodeRed('@node-red/nodes/core/common/24-complete.js');

export const CONNECTION = 'connection-1';

/** Runs one node between a connection, a helper node behind it, and a Catch node with another. */
export async function flowWith(
  node: object,
  endpointUrl: string,
  keys: object = local,
  connection: object = {},
  more: readonly object[] = [],
) {
  const flow = [
    { id: 'flow', type: 'tab', label: 'test' },
    ...more,
    {
      ...{
        id: CONNECTION,
        type: 'connected.awslambda.connection',
        name: 'Plant 7',
        region: 'us-east-1',
        timeout: '60',
      },
      ...{ endpointUrl, ...connection },
    },
    { id: 'node', z: 'flow', connection: CONNECTION, wires: [['out']], ...node },
    { id: 'out', z: 'flow', type: 'helper' },
    { id: 'catcher', z: 'flow', type: 'catch', scope: null, wires: [['caught']] },
    { id: 'caught', z: 'flow', type: 'helper' },
    { id: 'completer', z: 'flow', type: 'complete', scope: ['node'], wires: [['completed']] },
    { id: 'completed', z: 'flow', type: 'helper' },
  ];
  await helper.load([awslambda, catchNode, completeNode], flow, { [CONNECTION]: keys });
}

export const local = { accessKeyId: 'local', secretAccessKey: 'local-secret' };

/** The next message at a helper node. */
export function next(id: 'out' | 'caught' | 'completed'): Promise<Message> {
  return new Promise((resolve) => helper.getNode(id).on('input', resolve as never));
}

/** Whichever comes first, a message behind the node or one at the Catch node. */
export async function send(message: object): Promise<{ from: 'out' | 'caught'; message: Message }> {
  const answer = Promise.race((['out', 'caught'] as const).map(async (from) => ({ from, message: await next(from) })));
  helper.getNode('node').receive(message);
  return answer;
}

export interface ShownStatus {
  fill?: string;
  shape?: string;
  text?: string;
}

/** Every status that the node shows from now on. */
export function statuses(): ShownStatus[] {
  const shown: ShownStatus[] = [];
  helper.getNode('node').on('call:status', ((call: { args: [ShownStatus] }) => shown.push(call.args[0])) as never);
  return shown;
}
