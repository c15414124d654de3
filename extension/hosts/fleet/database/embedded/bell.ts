import type { Socket } from 'node:net';

/** The longest line: a queue's name. */
const longest = 1_000;

/** Gives each line of a connection; one that sends no lines is ended. */
export function lines(socket: Socket, onLine: (line: string) => void): void {
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => {
    const found = `${rest}${text}`.split('\n');
    rest = found.pop() ?? '';
    for (const line of found) onLine(line);
    if (rest.length > longest) socket.destroy();
  });
}
