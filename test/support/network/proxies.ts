import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createProxy } from 'proxy';
import { Server as ProxyChain } from 'proxy-chain';
import type { Identity } from './certificates.ts';
import { freePort } from './listener.ts';

export interface Login {
  readonly user: string;
  readonly password: string;
}

/** A proxy as others build and run it. */
export interface RealProxy {
  readonly port: number;
  close(): Promise<void>;
}

export type StartProxy = (login: Login | null, identity: Identity) => Promise<RealProxy>;

/** The package `proxy`, plain HTTP. */
export const startNpmProxy: StartProxy = async (login) => {
  const proxy = createProxy(createServer());
  proxy.authenticate = ({ headers }) => login === null || headers['proxy-authorization'] === basic(login);
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    port: (proxy.address() as AddressInfo).port,
    async close() {
      proxy.close();
      proxy.closeAllConnections();
    },
  };
};

/** The package `proxy-chain`, over TLS. */
export const startProxyChain: StartProxy = async (login, { key, cert }) => {
  const server = new ProxyChain({
    port: 0,
    host: '127.0.0.1',
    serverType: 'https',
    httpsOptions: { key, cert },
    prepareRequestFunction: ({ username, password }) => ({
      requestAuthentication: login !== null && !(username === login.user && password === login.password),
    }),
  });
  await server.listen();
  return { port: server.port, close: () => server.close(true) };
};

export const squid = ['/usr/sbin/squid', '/usr/local/sbin/squid'].find(existsSync);
export const tinyproxy = ['/usr/bin/tinyproxy', '/usr/sbin/tinyproxy'].find(existsSync);

/** A name that the squid of these tests forbids. */
export const forbiddenHost = 'forbidden.invalid';

export const startSquid: StartProxy = (login) => runSquid(login, (port) => `http_port 127.0.0.1:${port}`);

export const startTlsSquid: StartProxy = (login, identity) =>
  runSquid(login, (port, folder) => {
    writeFileSync(join(folder, 'proxy.crt'), identity.cert);
    writeFileSync(join(folder, 'proxy.key'), identity.key, { mode: 0o644 });
    return `https_port 127.0.0.1:${port} tls-cert=${folder}/proxy.crt tls-key=${folder}/proxy.key`;
  });

async function runSquid(login: Login | null, portLine: (port: number, folder: string) => string): Promise<RealProxy> {
  const folder = mkdtempSync(join(tmpdir(), 'squid-'));
  chmodSync(folder, 0o777); // squid gives up root and becomes its own user
  const port = await freePort();
  const helper = ['/usr/lib/squid/basic_ncsa_auth', '/usr/libexec/squid/basic_ncsa_auth'].find(existsSync);
  if (login !== null) {
    const hash = execFileSync('openssl', ['passwd', '-apr1', '-stdin'], { input: login.password }).toString().trim();
    writeFileSync(join(folder, 'passwd'), `${login.user}:${hash}\n`, { mode: 0o644 });
  }
  const configuration = [
    portLine(port, folder),
    ...(login === null
      ? ['acl known src 127.0.0.1/32']
      : [`auth_param basic program ${helper} ${folder}/passwd`, 'acl known proxy_auth REQUIRED']),
    `acl forbidden dstdomain ${forbiddenHost}`,
    'http_access deny forbidden',
    'http_access allow known',
    'http_access deny all',
    'cache deny all',
    'connect_timeout 3 seconds',
    'shutdown_lifetime 0 seconds',
    'visible_hostname squid.test',
    `access_log stdio:${folder}/access.log`,
    `cache_log ${folder}/cache.log`,
    `coredump_dir ${folder}`,
    `pid_filename ${folder}/squid.pid`,
  ];
  writeFileSync(join(folder, 'squid.conf'), `${configuration.join('\n')}\n`);
  return follow(spawn(squid as string, ['-N', '-f', join(folder, 'squid.conf')], { stdio: 'pipe' }), port);
}

export const startTinyproxy: StartProxy = async (login) => {
  const folder = mkdtempSync(join(tmpdir(), 'tinyproxy-'));
  const port = await freePort();
  const configuration = [
    `Port ${port}`,
    ...['Listen 127.0.0.1', 'Timeout 600', 'MaxClients 20', 'Allow 127.0.0.1'],
    ...(login === null ? [] : [`BasicAuth ${login.user} ${login.password}`]),
  ];
  writeFileSync(join(folder, 'tinyproxy.conf'), `${configuration.join('\n')}\n`);
  return follow(spawn(tinyproxy as string, ['-d', '-c', join(folder, 'tinyproxy.conf')], { stdio: 'pipe' }), port);
};

/** Waits until a proxy that was started as a process takes connections. */
async function follow(child: ChildProcess, port: number): Promise<RealProxy> {
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (said += chunk));
  for (let tries = 0; !(await accepts(port)); tries += 1) {
    if (child.exitCode !== null || tries > 300) throw new Error(`the proxy does not come up: ${said}`);
    await pause(20);
  }
  return {
    port,
    async close() {
      if (child.exitCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'close');
    },
  };
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

function basic({ user, password }: Login): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
