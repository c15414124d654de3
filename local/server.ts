import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Credentials } from './auth/credentials.ts';
import { createClock } from './clock.ts';
import { DurableEngine } from './durable/engine.ts';
import { ExecutionStore } from './durable/execution-store.ts';
import { resolveTarget, runFunction } from './durable/function-runner.ts';
import { createRefuser, type Faults } from './faults.ts';
import { findFunction, findFunctions } from './functions/function-files.ts';
import { answerCall, type GatePorts } from './gate.ts';
import { readCall } from './http/call.ts';
import { sendAnswer } from './http/send-answer.ts';
import { LogStore } from './logs/log-store.ts';
import { SandboxPool } from './sandbox/sandbox-pool.ts';
import { RuntimeApi } from './streams/runtime-api.ts';

export interface LocalOptions {
  /** The folder whose handler files are the functions. */
  readonly directory: string;
  /** 9001 unless given; 0 takes a free one. */
  readonly port?: number;
  /** The timeout of functions that do not set their own: 30 s, where Lambda's is 3 s. */
  readonly timeoutSeconds?: number;
  /** How many invocations run at a time before Lambda's throttling error comes; 50 unless given. */
  readonly concurrentExecutions?: number;
  /** Takes a line for every call and every line that a function logs. */
  readonly log?: (line: string) => void;
  /** The clock, in milliseconds since 1970. */
  readonly now?: () => number;
  /** How many times as quickly the waits, retries and timeouts of durable executions pass, and their timestamps with them. */
  readonly timeScale?: number;
  /** What is to go wrong, for tests. */
  readonly faults?: Faults;
  /** The file of the child processes, where it is not beside this one. */
  readonly runtimeFile?: string;
}

export interface Local {
  readonly url: string;
  readonly port: number;
  /** Counts the runs of one handler, or of all: an invocation that was refused is none. */
  executions(functionName?: string): number;
  /** Counts the durable executions that were started, of one function or of all. */
  durableExecutions(functionName?: string): number;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';

/** Serves every handler file of a directory as a Lambda function, on the loopback interface. */
export async function startLocal(options: LocalOptions): Promise<Local> {
  const { port = 9001, timeoutSeconds = 30, concurrentExecutions = 50, log = () => {}, now = Date.now } = options;
  const { timeScale = 1, faults = {} } = options;
  const { runtimeFile = fileURLToPath(new URL('./lambda-runtime.mjs', import.meta.url)) } = options;
  const directory = resolve(options.directory);
  if (findFunctions(directory).size === 0) {
    throw new Error(
      `${directory} holds no handler files. Put one there: NAME.mjs, NAME.js, NAME.cjs or NAME/index.mjs.`,
    );
  }
  const executions = new Map<string, number>();
  let url = '';
  const runtimeApi = new RuntimeApi();
  await runtimeApi.listen();
  const pool = new SandboxPool({
    runtimeFile,
    runtimeApi: runtimeApi.address,
    timeoutSeconds,
    concurrentExecutions,
    url: () => url,
  });
  const clock = createClock(now, timeScale);
  const logs = new LogStore(clock, faults.logDelayMs ?? 0);
  const functionPorts = {
    functions: () => findFunctions(directory),
    findFunction: (name: string) => findFunction(directory, name),
    pool,
    runtimeApi,
    logs,
    clock,
    log,
    onExecution: (name: string) => void executions.set(name, (executions.get(name) ?? 0) + 1),
  };
  const store = new ExecutionStore(clock, faults.readLagMs ?? 0);
  const engine = new DurableEngine({
    clock,
    store,
    resolveTarget: (name, region) => resolveTarget(name, region, functionPorts),
    run: (call) => runFunction(call, functionPorts),
  });
  const server = createHttpServer({
    ...functionPorts,
    engine,
    refuse: createRefuser(faults),
    emptyLogPages: faults.emptyLogPages ?? 0,
    credentials: new Credentials(),
    now,
    port: () => (server.address() as AddressInfo).port,
  });
  await listen(server, port).catch(async (error) => {
    await runtimeApi.close();
    throw error;
  });
  const address = server.address() as AddressInfo;
  url = `http://${HOST}:${address.port}`;
  return {
    url,
    port: address.port,
    executions(name) {
      if (name !== undefined) return executions.get(name) ?? 0;
      return [...executions.values()].reduce((sum, count) => sum + count, 0);
    },
    durableExecutions: (name) => store.count(name),
    async close() {
      const closed = new Promise((done) => server.close(done));
      // Ending the children settles the invocations that still run; then no socket has anything to wait for.
      engine.stop();
      await pool.close();
      await runtimeApi.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function createHttpServer(ports: GatePorts): Server {
  const server = createServer((request, response) => {
    void handle(request, response, ports);
  });
  // A function may run for 15 minutes: `requestTimeout` ends with the request's last byte and so does not cut it, and
  // the idle timeout, which would, stays off. Connections stay open for a client's next call.
  server.headersTimeout = 30_000;
  server.requestTimeout = 120_000;
  server.timeout = 0;
  server.keepAliveTimeout = 75_000;
  return server;
}

async function handle(request: IncomingMessage, response: ServerResponse, ports: GatePorts): Promise<void> {
  const id = randomUUID();
  try {
    const answer = await answerCall(await readCall(request, id), ports);
    const date = new Date(ports.now()).toUTCString(); // clients correct their clock by it
    await sendAnswer(response, answer, { date, 'x-amzn-requestid': id });
    ports.log(
      `${request.method} ${request.url} ${answer.status} ${answer.headers['x-amzn-errortype'] ?? ''}`.trimEnd(),
    );
  } catch (error) {
    // Only a request that broke off comes here: nobody is left to answer.
    ports.log(`${request.method} ${request.url} broke off: ${(error as Error).message}`);
    response.destroy();
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((done, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') return fail(error);
      fail(new Error(`Port ${port} is in use. Choose another with --port, or --port 0 for a free one.`));
    });
    server.listen(port, HOST, done);
  });
}
