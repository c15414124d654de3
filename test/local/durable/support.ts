import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import {
  type Event,
  GetDurableExecutionCommand,
  GetDurableExecutionHistoryCommand,
  type GetDurableExecutionResponse,
  InvokeCommand,
  type InvokeCommandInput,
  type LambdaClient,
  ListDurableExecutionsByFunctionCommand,
  type Operation,
} from '@aws-sdk/client-lambda';

/** A step that the fixture `durable` takes. */
export type Step = Readonly<Record<string, unknown>> & { readonly kind: string };

export const input = (...steps: readonly Step[]): string => JSON.stringify({ steps });

/** Invokes and gives what a durable function's answer says. */
export async function run(client: LambdaClient, given: Partial<InvokeCommandInput>) {
  const output = await client.send(new InvokeCommand({ FunctionName: 'durable:1', ...given }));
  const text = output.Payload?.transformToString() ?? '';
  return {
    status: output.StatusCode,
    error: output.FunctionError,
    version: output.ExecutedVersion,
    arn: output.DurableExecutionArn ?? '',
    payload: text === '' ? undefined : JSON.parse(text),
    log: output.LogResult === undefined ? '' : Buffer.from(output.LogResult, 'base64').toString(),
  };
}

/** Starts an execution and does not wait for it. */
export async function begin(client: LambdaClient, given: Partial<InvokeCommandInput>): Promise<string> {
  return (await run(client, { InvocationType: 'Event', ...given })).arn;
}

export function get(client: LambdaClient, DurableExecutionArn: string): Promise<GetDurableExecutionResponse> {
  return client.send(new GetDurableExecutionCommand({ DurableExecutionArn }));
}

/** Waits until an execution of this name shows, and gives its ARN. */
export async function named(client: LambdaClient, DurableExecutionName: string): Promise<string> {
  const command = new ListDurableExecutionsByFunctionCommand({ FunctionName: 'durable', DurableExecutionName });
  for (;;) {
    const [execution] = (await client.send(command)).DurableExecutions ?? [];
    if (execution?.DurableExecutionArn !== undefined) return execution.DurableExecutionArn;
    await pause(10);
  }
}

/** Waits until an execution is closed. */
export async function closed(client: LambdaClient, arn: string): Promise<GetDurableExecutionResponse> {
  for (;;) {
    const execution = await get(client, arn);
    if (execution.Status !== 'RUNNING') return execution;
    await pause(10);
  }
}

export async function history(client: LambdaClient, DurableExecutionArn: string): Promise<readonly Event[]> {
  const command = new GetDurableExecutionHistoryCommand({ DurableExecutionArn, MaxItems: 1000 });
  return (await client.send(command)).Events ?? [];
}

export const types = (events: readonly Event[]) => events.map(({ EventType }) => EventType);

/** Waits for an event of a type, the nth one of it. */
export async function happened(client: LambdaClient, arn: string, type: Event['EventType'], nth = 1): Promise<Event> {
  for (;;) {
    const event = (await history(client, arn)).filter(({ EventType }) => EventType === type)[nth - 1];
    if (event !== undefined) return event;
    await pause(10);
  }
}

/** Waits for the callback that an execution opens, and gives its id. */
export async function callbackId(client: LambdaClient, arn: string): Promise<string> {
  const { CallbackStartedDetails } = await happened(client, arn, 'CallbackStarted');
  return CallbackStartedDetails?.CallbackId ?? '';
}

/** The end of the strings at which the fixture `puppet` hangs: gives each event and sends what the function is to do. */
export async function puppeteer() {
  const waiting: Socket[] = [];
  const wanting: ((socket: Socket) => void)[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => {});
    const want = wanting.shift();
    if (want === undefined) waiting.push(socket);
    else want(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    Payload: JSON.stringify({ port }),
    /** Waits for the next invocation. */
    async invocation(): Promise<Invocation> {
      const socket = waiting.shift() ?? (await new Promise<Socket>((resolve) => wanting.push(resolve)));
      const [line] = await once(createInterface(socket), 'line');
      return { event: JSON.parse(line), finish: (deed) => void socket.end(`${JSON.stringify(deed)}\n`) };
    },
    idle: () => waiting.length === 0,
    close: () => server.close(),
  };
}

export interface Invocation {
  readonly event: {
    readonly DurableExecutionArn: string;
    readonly CheckpointToken: string;
    readonly UpdatedOperationIds: readonly string[];
    readonly InitialExecutionState: { readonly Operations: readonly Operation[]; readonly NextMarker: string };
  };
  /** Ends the invocation with an answer, an error or the end of its process. */
  finish(deed: { readonly answer?: unknown; readonly failure?: string; readonly exit?: number }): void;
}
