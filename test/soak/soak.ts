// npm run soak -- [--minutes N]: connectors and a worker of the fleet for a long time, over plain HTTP, TLS and a proxy, against
// servers that fail in a tenth of the calls in every way that a connection can. Memory and open files must stay as flat as at
// the start, and each call must say what its server saw.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Authority } from '../support/network/certificates.ts';
import { callUntil, measureOwn, type Route } from './connectors.ts';
import { startFaultyProxy } from './faulty-proxy.ts';
import { startFaultyServer } from './faulty-server.ts';
import { startFleet } from './fleet.ts';
import { grown, lag, type Measure, Tally } from './tally.ts';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '30' } } });
const duration = Number(values.minutes) * 60_000;
/** In less the noise is larger than what could grow. */
const isLong = duration >= 5 * 60_000;

const authority = await Authority.root('soak');
process.env.AWS_CA_BUNDLE = authority.file;
const proxy = await startFaultyProxy();
const plain = await startFaultyServer();
const tls = await startFaultyServer(await authority.issue());
const tunneled = await startFaultyServer(await authority.issue());
const routes: readonly Route[] = [
  { name: 'plain', server: plain, endpoint: `http://127.0.0.1:${plain.port}` },
  { name: 'TLS', server: tls, endpoint: `https://127.0.0.1:${tls.port}` },
  {
    name: 'proxy',
    server: tunneled,
    endpoint: `https://127.0.0.1:${tunneled.port}`,
    proxy: `http://127.0.0.1:${proxy.port}`,
  },
];

const folder = mkdtempSync(join(tmpdir(), 'soak-'));
const end = Date.now() + duration;
const [connectors, worker] = [new Tally('connectors'), new Tally('worker')];
const fleet = startFleet(folder, authority.file, end, routes, worker);
const measures = { connectors: [] as Measure[], worker: [] as Measure[] };

/** Until then (ms) pools and caches fill. */
const warm = Date.now() + Math.min(60_000, duration / 3);

async function measure(): Promise<void> {
  const ofWorker = await fleet.measure();
  if (ofWorker === null) return;
  const measured = { connectors: measureOwn(), worker: ofWorker };
  for (const tally of [connectors, worker]) {
    const { heap, resident, files } = measured[tally.name as keyof typeof measured];
    const size = `heap ${(heap / 1e6).toFixed(1)} MB, resident ${(resident / 1e6).toFixed(0)} MB, ${files} files`;
    console.log(`${tally.name}: ${tally.calls} calls, ${tally.failures.length} contradictions, ${size}`);
  }
  if (Date.now() < warm) return;
  measures.connectors.push(measured.connectors);
  measures.worker.push(measured.worker);
}
const timer = setInterval(
  () => void measure().catch((error: Error) => worker.fail(error.message)),
  Math.max(2_000, duration / 60),
);
await Promise.all([callUntil(end, routes, connectors), fleet.done]);
clearInterval(timer);
await setTimeout(lag);
for (const tally of [connectors, worker]) tally.compare(Date.now());
for (const listener of [proxy, plain, tls, tunneled]) await listener.close();
rmSync(folder, { recursive: true, force: true });

const failures = [
  ...[connectors, worker].flatMap(({ name, failures }) => failures.map((text) => `${name}: ${text}`)),
  ...(isLong ? [...grown('connectors', measures.connectors), ...grown('worker', measures.worker)] : []),
];
const left = [plain, tls, tunneled].reduce((sum, server) => sum + server.left(), 0);
if (left > 0) failures.push(`${left} runs of calls that had ended or were none of ours`);
for (const { name, calls, counts, runs, dropped } of [connectors, worker])
  console.log(JSON.stringify({ name, calls, ...counts, runs, dropped: dropped.length, as: dropped.slice(0, 5) }));
console.log(JSON.stringify({ plain: plain.faults, tls: tls.faults, tunneled: tunneled.faults, proxy: proxy.faults }));
for (const failure of failures.slice(0, 20)) console.error(failure);
if (failures.length > 20) console.error(`and ${failures.length - 20} more`);
process.exitCode = failures.length === 0 ? 0 : 1;
