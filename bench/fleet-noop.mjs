// The engine alone: so many jobs are fetched and completed, with no call between. Prints jobs a second.
import { openDatabase } from '../extension/hosts/fleet/database/open.ts';

const [url, queue, jobs, batch] = process.argv.slice(2);
const silent = { error() {}, warn() {}, info() {}, debug() {} };
const database = await openDatabase({ url }, {}, silent);
const began = performance.now();
let done = 0;
while (done < Number(jobs)) {
  const fetched = await database.boss.fetch(queue, { batchSize: Number(batch) });
  if (fetched.length === 0) break;
  await database.boss.complete(
    queue,
    fetched.map(({ id }) => id),
    { ok: true },
  );
  done += fetched.length;
}
process.stdout.write(`${(done / (performance.now() - began)) * 1000}\n`);
process.exit(0);
