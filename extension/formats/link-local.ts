/**
 * Whether a URL's host is an address of this host's own link, where clouds serve instance metadata and credentials: in
 * any spelling, since the URL parser makes one of 0xa9fea9fe, [::ffff:169.254.169.254] and the like. A name is not
 * looked up.
 */
export function isLinkLocal({ hostname }: URL): boolean {
  if (!hostname.startsWith('[')) return /^169\.254(\.\d+){2}$/.test(hostname);
  const groups = groupsOf(hostname.slice(1, -1));
  const [first = 0] = groups;
  if ((first & 0xffc0) === 0xfe80) return true;
  // What AWS gives its instances over IPv6: metadata at fd00:ec2::254, credentials of containers at fd00:ec2::23.
  if (first === 0xfd00 && groups[1] === 0xec2) return true;
  return holdsV4(groups) && groups[6] === 0xa9fe; // 169.254
}

/** Whether a URL's host is this machine. */
export function isLoopback({ hostname }: URL): boolean {
  return /^(127(\.\d+){3}|\[::1\]|\[::ffff:7f[0-9a-f]{2}:[0-9a-f]+\]|(.+\.)?localhost\.?)$/.test(hostname);
}

/** Mapped (::ffff:a.b.c.d), compatible (::a.b.c.d) and of NAT64 (64:ff9b::a.b.c.d). */
function holdsV4(groups: readonly number[]): boolean {
  const prefix = groups
    .slice(0, 6)
    .map((group) => group.toString(16))
    .join(':');
  return ['0:0:0:0:0:ffff', '0:0:0:0:0:0', '64:ff9b:0:0:0:0'].includes(prefix);
}

/** The eight groups of an IPv6 address as the URL parser writes it. */
function groupsOf(address: string): number[] {
  const [head = '', tail] = address.split('::');
  const parse = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)));
  const [before, after] = [parse(head), parse(tail ?? '')];
  return tail === undefined ? before : [...before, ...Array(8 - before.length - after.length).fill(0), ...after];
}
