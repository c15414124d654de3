import type { Socket } from 'node:net';

/** What can go wrong with a connection at any of its stages. */
export type Fault = 'refused' | 'reset' | 'closed' | 'hangs' | 'garbage' | 'wrong certificate' | 'slow drip';

/** How often a dripping server lets a byte go (ms): often enough to defeat every idle timer. */
const dripPause = 50;

/** Does to a connection what the fault says. `raw` is its TCP socket, `socket` what is spoken on it. */
export function inflict(fault: Fault, raw: Socket, socket: Socket, drops = 'drip'): void {
  switch (fault) {
    case 'reset':
      raw.resetAndDestroy();
      return;
    case 'closed':
      raw.destroySoon();
      return;
    case 'garbage':
      socket.end('\u0001\u0002BANANA 1.0\r\nbanana\r\n\r\n');
      return;
    case 'slow drip':
      drip(socket, drops);
      return;
    default:
    // 'hangs': the connection stays open, and nothing comes.
  }
}

/** Sends a text byte by byte, and its last byte again and again. */
export function drip(socket: Socket, text: string): void {
  if (socket.destroyed) return;
  let next = 0;
  const timer = setInterval(() => {
    socket.write(text.charAt(Math.min(next, text.length - 1)));
    next += 1;
  }, dripPause);
  socket.once('close', () => clearInterval(timer));
}
