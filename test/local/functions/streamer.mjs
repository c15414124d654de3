import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

export const config = { timeout: 300 };

/** Writes what its event lists, and ends as that says. */
export const handler = awslambda.streamifyResponse(
  async ({ writes = [], bytes = 0, end = 'end', port, http }, stream, context) => {
    console.log(`streaming for ${context.awsRequestId}`);
    const out = http === undefined ? stream : awslambda.HttpResponseStream.from(stream, http);
    for (const base64 of writes) out.write(Buffer.from(base64, 'base64'));
    const chunk = Buffer.alloc(65_536, 'x');
    for (let written = 0; written < bytes; written += chunk.length) {
      if (out.write(chunk.subarray(0, Math.min(chunk.length, bytes - written)))) continue;
      const drained = once(out, 'drain').then(() => true);
      // A test may ask how far this came when the stream has stood still.
      if (port !== undefined && !(await Promise.race([drained, pause(500, false)]))) {
        connect(port, '127.0.0.1').end(String(written));
        port = undefined;
      }
      await drained;
    }
    if (end === 'throw') throw new RangeError('in the middle');
    if (end === 'exit') process.exit(3);
    if (end === 'never') await pause(60_000);
    if (end === 'forget') return;
    out.end();
  },
);
