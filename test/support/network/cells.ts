import { readFileSync } from 'node:fs';
import { Authority, type Identity } from './certificates.ts';
import { type FaultProxy, type ProxyStage, startFaultProxy } from './fault-proxy.ts';
import type { Fault } from './faults.ts';
import { closedPort, type Listener, silentPort } from './listener.ts';
import type { Ended, Fields } from './run.ts';
import { startTarget, type Target, type TargetStage } from './target.ts';

export interface Route {
  readonly target: 'http' | 'https';
  readonly proxy?: 'http' | 'https';
  readonly type?: string;
}

export interface Row {
  readonly at: 'nothing' | 'DNS' | 'tunnel TLS' | ProxyStage | TargetStage;
  readonly fault: Fault | 'none';
  readonly type?: 'Event';
  readonly routes: readonly string[];
  readonly exit: number;
  readonly execution: Ended['output']['result']['execution'];
  readonly attempts: number;
  /** Requests that the server saw the head of. */
  readonly received: number;
  /** Requests that the function ran for. */
  readonly executed: number;
}

/** One row on one route. */
export interface Cell {
  readonly name: string;
  readonly row: Row;
  readonly route: Route;
}

const matrix = JSON.parse(readFileSync('test/cases/fault-matrix.json', 'utf8')) as {
  routes: Record<string, Route>;
  rows: Row[];
};

export const cells: readonly Cell[] = matrix.rows.flatMap((row) =>
  row.routes.map((name) => {
    const what = row.fault === 'none' ? 'no fault' : `${row.at} ${row.fault}`;
    return { name: `${what}: ${name}${row.type ? `, ${row.type}` : ''}`, row, route: matrix.routes[name] as Route };
  }),
);

/** The certificates of all cells, made once. */
export interface Trust {
  /** Signs the certificates of the servers in the place of AWS. */
  readonly aws: Authority;
  /** Signs the proxies. */
  readonly proxy: Authority;
  readonly target: Identity;
  readonly proxyServer: Identity;
  /** Of an authority that nobody trusts. */
  readonly wrong: Identity;
}

export async function makeTrust(): Promise<Trust> {
  const [aws, proxy, stranger] = await Promise.all([
    Authority.root('Test AWS'),
    Authority.root('Test Proxy'),
    Authority.root('A stranger'),
  ]);
  const [target, proxyServer, wrong] = await Promise.all([aws.issue(), proxy.issue(), stranger.issue()]);
  return { aws, proxy, target, proxyServer, wrong };
}

/** The two deadlines of a task, in seconds. */
export interface Deadlines {
  readonly connect: number;
  readonly wait: number;
}

/** A busy machine does not run into these: a task that has them ends by what it meets. */
export const longDeadlines: Deadlines = { connect: 30, wait: 30 };
export const maxAttempts = 2;

/** Only a deadline that the row is there to meet is short. */
function deadlinesOf({ fault, exit, attempts }: Row): Deadlines {
  const lasts = fault === 'hangs' || fault === 'slow drip';
  if (lasts && exit === 21) return { ...longDeadlines, wait: 2 };
  return lasts && attempts === maxAttempts ? { ...longDeadlines, connect: 2 } : longDeadlines;
}

export const proxyUser = { user: 'sam@example.com', password: 'p:w/?#% ö"\\' };
const usualAuthorization = `Basic ${Buffer.from(`${proxyUser.user}:${proxyUser.password}`).toString('base64')}`;

/** A name that cannot exist: a label has at most 63 letters, so no name server is asked. */
const noSuchHost = `${'x'.repeat(64)}.invalid`;

export interface Stage {
  readonly fields: Fields;
  readonly target: Target;
  readonly proxy: FaultProxy | null;
  close(): Promise<void>;
}

/** Starts the servers of a cell, and gives the fields of a task that meets them. */
export async function setStage({ row, route }: Cell, trust: Trust, authorization = usualAuthorization): Promise<Stage> {
  const { at, fault: kind } = row;
  const fault = kind === 'none' ? undefined : kind;
  const wrong = fault === 'wrong certificate';
  const targetStage = at === 'tunnel TLS' ? 'TLS' : isTargetStage(at) ? at : undefined;
  const target = await startTarget({
    ...(route.target === 'https' && { identity: wrong && targetStage === 'TLS' ? trust.wrong : trust.target }),
    ...(targetStage && { stage: targetStage }),
    ...(fault && { fault }),
  });
  const extra: Listener[] = [];
  let targetHost = `127.0.0.1:${target.port}`;
  if (at === 'TCP' && kind === 'refused') targetHost = `127.0.0.1:${closedPort}`;
  if (at === 'TCP' && kind === 'hangs') targetHost = await silent(extra);
  if (at === 'DNS' && route.proxy === undefined) targetHost = `${noSuchHost}:${target.port}`;

  let proxy: FaultProxy | null = null;
  let proxyHost = '';
  if (route.proxy !== undefined) {
    const stage = isProxyStage(at) ? at : undefined;
    proxy = await startFaultProxy({
      ...(route.proxy === 'https' && { identity: wrong && stage === 'proxy TLS' ? trust.wrong : trust.proxyServer }),
      ...(stage && { stage }),
      ...(fault && { fault }),
      ...(route.type === 'HTTPS with Credentials' && { authorization }),
    });
    proxyHost = `127.0.0.1:${proxy.port}`;
    if (at === 'proxy accept' && kind === 'refused') proxyHost = `127.0.0.1:${closedPort}`;
    if (at === 'proxy accept' && kind === 'hangs') proxyHost = await silent(extra);
    if (at === 'DNS') proxyHost = `${noSuchHost}:${proxy.port}`;
  }
  const fields = {
    ...baseFields(`${route.target}://${targetHost}`, deadlinesOf(row)),
    invocation_type: row.type ?? 'Request Response',
    // Large enough that the request is still on its way when its head has arrived.
    ...(at === 'request' && { payload_source: 'Script', payload_script: JSON.stringify('x'.repeat(1_000_000)) }),
    ...(proxy && {
      use_proxy: true,
      proxy_type: route.type,
      proxy: `${route.proxy}://${proxyHost}`,
      ...(route.proxy === 'https' && { proxy_ca_bundle_file: trust.proxy.file }),
      ...(route.type === 'HTTPS with Credentials' && { proxy_credentials: proxyUser }),
    }),
  };
  const close = async () => {
    await Promise.all([target, ...(proxy ? [proxy] : []), ...extra].map((listener) => listener.close()));
  };
  return { fields, target, proxy, close };
}

/** A task that invokes a function at a URL. */
export function baseFields(endpointUrl: string, { connect, wait } = longDeadlines): Fields {
  return {
    function_name: 'hello',
    region: 'eu-central-1',
    credentials: { user: 'local', password: 'local-secret' },
    endpoint_url: endpointUrl,
    connect_timeout: connect,
    wait_for_completion_timeout: wait,
    max_attempts: maxAttempts,
  };
}

async function silent(extra: Listener[]): Promise<string> {
  const listener = await silentPort();
  extra.push(listener);
  return `127.0.0.1:${listener.port}`;
}

function isTargetStage(at: Row['at']): at is TargetStage {
  return ['TCP', 'TLS', 'request', 'response headers', 'body'].includes(at);
}

function isProxyStage(at: Row['at']): at is ProxyStage {
  return ['proxy accept', 'proxy TLS', 'CONNECT'].includes(at);
}
