import { connect, type Socket } from 'node:net';
import { inflict } from '../support/network/faults.ts';
import { type Listener, listen } from '../support/network/listener.ts';

export interface FaultyProxy extends Listener {
  /** How often each fault was met. */
  readonly faults: Readonly<Record<string, number>>;
}

const answers = {
  '407': 'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n',
  '403': 'HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno',
  '502': 'HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n',
  'closed after CONNECT': 'HTTP/1.1 200 Connection established\r\n\r\n',
};
const others = ['reset', 'closed', 'garbage', 'hangs', 'slow drip'] as const;
const faultNames = [...(Object.keys(answers) as (keyof typeof answers)[]), ...others];

/** A CONNECT proxy that fails in a quarter of the tunnels. */
export async function startFaultyProxy(): Promise<FaultyProxy> {
  const faults: Record<string, number> = {};
  let tunnels = 0;

  function serve(socket: Socket): void {
    let text = '';
    socket.on('data', function onData(chunk: Buffer) {
      text += chunk.toString('latin1');
      if (!text.includes('\r\n\r\n')) return;
      socket.off('data', onData);
      tunnels += 1;
      const fault = tunnels % 4 === 0 ? faultNames[(tunnels / 4) % faultNames.length] : undefined;
      if (fault === undefined) return tunnel(socket, /^CONNECT (\S+)/.exec(text)?.[1] ?? '');
      faults[`CONNECT: ${fault}`] = (faults[`CONNECT: ${fault}`] ?? 0) + 1;
      if (fault in answers) socket.end(answers[fault as keyof typeof answers]);
      else inflict(fault as (typeof others)[number], socket, socket, 'HTTP/1.1 200 OK\r\nx-slow: a');
    });
  }

  return { ...(await listen(serve)), faults };
}

function tunnel(socket: Socket, authority: string): void {
  const [host = '', port] = authority.split(':');
  const target = connect(Number(port), host, () => {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    socket.pipe(target).pipe(socket);
  });
  target.on('error', () => socket.resetAndDestroy());
  target.once('close', () => socket.destroy());
  socket.once('close', () => target.destroy());
}
