import { execute } from '../../../extension/execute.ts';
import { toOutput } from '../../../extension/output.ts';
import type { FileWriter, InvokeAnswer, Ports, Session } from '../../../extension/ports.ts';
import { quickClock } from '../../support/durable-task.ts';
import { collector, judge, type Seen } from './judge.ts';

export const plainAnswer: InvokeAnswer = {
  ...{ statusCode: 200, requestId: 'request-1', attempts: 1, payload: Buffer.from('{"ok":true}'), tooLarge: false },
  ...{ functionError: null, errorDetails: null, logResult: null, executedVersion: '7', durableExecutionArn: null },
};

/** A task through the whole pipeline but for the network: AWS answers as it is told, and no file is touched. */
export async function pretend(raw: unknown, answer: InvokeAnswer = plainAnswer): Promise<Seen & { invoked: number }> {
  let invoked = 0;
  const nothing = () => Promise.reject(new Error('not asked for here'));
  const session = {
    region: 'us-east-1',
    sources: { region: 'a', endpoint: 'b', credentials: 'c' },
    lambda: {
      async invoke() {
        invoked += 1;
        return answer;
      },
      async invokeStreamed(_request: unknown, receive: (bytes: Uint8Array) => Promise<void>) {
        invoked += 1;
        if (answer.payload !== null) await receive(answer.payload);
        return { ...answer, payload: null };
      },
      listFunctions: async () => ({ ...plainAnswer, functions: [], nextMarker: null }),
      getAccountSettings: async () => ({ ...plainAnswer, limits: {}, usage: {} }),
    },
    logs: { whereabouts: nothing, find: nothing, read: nothing },
    inspector: { identity: nothing, describeFunction: nothing },
    durable: {
      find: async () => ({ ...plainAnswer, executions: [], nextMarker: null }),
      ...{ get: nothing, history: nothing, stop: nothing, sendCallback: async () => plainAnswer },
    },
    close() {},
  } as unknown as Session;
  const file: FileWriter = { write: async () => {}, commit: async () => {}, discard: async () => {} };
  const { log, text } = collector();
  const ports: Ports = {
    ...{ openSession: async () => session, readFile: async () => Buffer.from('{}'), openFile: async () => file },
    ...{ environment: {}, clock: quickClock(), log, signal: new AbortController().signal },
  };
  const outcome = await execute(raw, ports);
  return { ...judge(toOutput(raw, outcome), text()), invoked };
}
