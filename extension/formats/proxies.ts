/** A proxy server, without credentials: those come from a field of their own. */
export interface ProxyServer {
  readonly protocol: 'http:' | 'https:';
  readonly host: string;
  readonly port: number;
  /** Safe to print. */
  readonly url: string;
}

/**
 * The proxy for each scheme of a target: the entry of the same scheme, else the only entry there is. Never none, since
 * a call that was meant for a proxy must not go around it.
 */
export type Proxies = Readonly<Record<'http:' | 'https:', ProxyServer>>;

const example = 'http://proxy.example.com:3128';

/** Parses the comma-separated list; a text says what is wrong with it, without quoting it. */
export function parseProxies(text: string): Proxies | string {
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  const proxies: Partial<Record<'http:' | 'https:', ProxyServer>> = {};
  for (const [index, entry] of entries.entries()) {
    const server = parseEntry(entry);
    const which = entries.length === 1 ? '' : `entry ${index + 1} of the list `;
    if (typeof server === 'string') return which + server;
    if (proxies[server.protocol]) return `names two ${server.protocol}// proxies; keep one of each scheme`;
    proxies[server.protocol] = server;
  }
  const any = proxies['https:'] ?? proxies['http:'];
  if (any === undefined) return `must name a proxy, such as ${example}`;
  return { 'http:': proxies['http:'] ?? any, 'https:': proxies['https:'] ?? any };
}

function parseEntry(entry: string): ProxyServer | string {
  // The URL parser would read `proxy:3128` as a scheme and connect to this host.
  if (!/^https?:\/\/[^/]/i.test(entry) || !URL.canParse(entry))
    return `must be a URL with a scheme, such as ${example}`;
  const { protocol, hostname, port, username, password, pathname, search, hash } = new URL(entry);
  if (username !== '' || password !== '' || entry.includes('@')) {
    return 'must not hold a user or password; put them into proxy_credentials';
  }
  if (pathname !== '/' || search !== '' || hash !== '') return `must have no path or query, as in ${example}`;
  if (port === '0') return 'must have a port from 1 to 65535';
  const standard = protocol === 'https:' ? 443 : 80;
  return {
    protocol: protocol as ProxyServer['protocol'],
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? standard : Number(port),
    url: `${protocol}//${hostname}:${port === '' ? standard : port}`,
  };
}
