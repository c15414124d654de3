import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { InvokeCommand, type InvokeCommandInput, LambdaClient } from '@aws-sdk/client-lambda';
import { type Local, type LocalOptions, startLocal } from '../../../local/server.ts';

export const FIXTURES = 'test/local/functions';
export const LOCAL_KEY = { accessKeyId: 'local', secretAccessKey: 'local-secret' };
export const DENIED_KEY = { accessKeyId: 'denied', secretAccessKey: 'denied-secret' };

export interface LoggedLocal extends Local {
  /** Waits for a line of the log. */
  logged(pattern: RegExp): Promise<string>;
}

export async function start(options: Partial<LocalOptions> = {}): Promise<LoggedLocal> {
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const log = (line: string) => {
    lines.push(line);
    for (const look of waiting) look();
  };
  const local = await startLocal({ directory: FIXTURES, port: 0, log, ...options });
  const logged = (pattern: RegExp) =>
    new Promise<string>((resolve) => {
      const look = () => {
        const line = lines.find((candidate) => pattern.test(candidate));
        if (line === undefined) return;
        waiting.delete(look);
        resolve(line);
      };
      waiting.add(look);
      look();
    });
  return { ...local, logged };
}

export function lambdaClient(local: Local, credentials: LambdaCredentials = LOCAL_KEY, region = 'eu-central-1') {
  return new LambdaClient({ region, endpoint: local.url, credentials, maxAttempts: 1 });
}

interface LambdaCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** Invokes and gives the answer with its texts decoded. */
export async function invoke(client: LambdaClient, input: InvokeCommandInput) {
  const output = await client.send(new InvokeCommand(input));
  const text = output.Payload?.transformToString() ?? '';
  return {
    status: output.StatusCode,
    error: output.FunctionError,
    version: output.ExecutedVersion,
    requestId: output.$metadata.requestId,
    text,
    payload: text === '' ? undefined : JSON.parse(text),
    log: output.LogResult === undefined ? undefined : Buffer.from(output.LogResult, 'base64'),
  };
}

/** A place where functions wait until the test lets them go. */
export async function meetingPoint() {
  const sockets: Socket[] = [];
  let arrived: (() => void) | undefined;
  const server = createServer((socket) => {
    socket.on('error', () => {});
    sockets.push(socket);
    arrived?.();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    sockets,
    /** Waits until so many functions have come. */
    gathered: (count: number) =>
      new Promise<void>((resolve) => {
        arrived = () => sockets.length >= count && resolve();
        arrived();
      }),
    release() {
      for (const socket of sockets.splice(0)) socket.end('go');
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
