import { readdirSync } from 'node:fs';
import type { FaultyServer } from './faulty-server.ts';
import type { Measure, Tally } from './tally.ts';

// The library as it is published.
const { createConnector } = (await import(
  new URL('../../dist/index.js', import.meta.url).href
)) as typeof import('../../extension/index.ts');

export interface Route {
  readonly name: string;
  readonly server: FaultyServer;
  readonly endpoint: string;
  readonly proxy?: string;
}

const lanes = 4;

/** Calls over each route, in lanes, until the time is over. */
export async function callUntil(end: number, routes: readonly Route[], tally: Tally): Promise<void> {
  const connectors = routes.map(({ name, endpoint, proxy }) =>
    createConnector({
      ...{ id: name, name, region: 'us-east-1', endpointUrl: endpoint, ...(proxy !== undefined && { proxy }) },
      ...{ accessKeyId: 'local', secretAccessKey: 'local-secret', timeout: 2, connectTimeout: 2, maxAttempts: 1 },
    }),
  );
  let calls = 0;
  const lane = async (index: number) => {
    const [{ server } = {} as Route, connector] = [routes[index] as Route, connectors[index]];
    while (connector !== undefined && Date.now() < end) {
      calls += 1;
      const id = `call-${calls}`;
      const call = { functionName: 'hello', payload: { id } };
      const { metadata, error } = await (calls % 3 === 0 ? connector.invokeAsync(call) : connector.invoke(call));
      tally.add(id, metadata.execution, error ?? 'no error', [server]);
    }
  };
  await Promise.all(routes.flatMap((_, index) => Array.from({ length: lanes }, () => lane(index))));
  for (const connector of connectors) connector.close();
}

/** This process, after a forced collection. The servers are in it too. */
export function measureOwn(): Measure {
  const gc = globalThis.gc as () => void;
  gc();
  gc();
  const { heapUsed, rss } = process.memoryUsage();
  return { heap: heapUsed, resident: rss, files: readdirSync('/proc/self/fd').length };
}
