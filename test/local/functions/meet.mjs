import { once } from 'node:events';
import { connect } from 'node:net';

/** Ends when the other side of the socket says so. */
export const handler = async ({ port }) => {
  const socket = connect(port, '127.0.0.1');
  const [bytes] = await once(socket, 'data');
  console.log(`met: ${bytes}`);
  socket.destroy();
  return { met: String(bytes), pid: process.pid };
};
