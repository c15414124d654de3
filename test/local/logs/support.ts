import {
  CloudWatchLogsClient,
  type FilteredLogEvent,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Local } from '../../../local/server.ts';
import { LOCAL_KEY } from '../support/local.ts';

export function logsClient(local: Local, credentials = LOCAL_KEY, region = 'eu-central-1'): CloudWatchLogsClient {
  return new CloudWatchLogsClient({ region, endpoint: local.url, credentials, maxAttempts: 1 });
}

/** Reads all pages of FilterLogEvents. */
export async function filter(client: CloudWatchLogsClient, input: FilterLogEventsCommandInput) {
  const events: FilteredLogEvent[] = [];
  let nextToken: string | undefined;
  let pages = 0;
  do {
    const page = await client.send(new FilterLogEventsCommand({ ...input, ...(nextToken && { nextToken }) }));
    events.push(...(page.events ?? []));
    nextToken = page.nextToken;
    pages += 1;
  } while (nextToken !== undefined);
  return { events, messages: events.map(({ message }) => message ?? ''), pages };
}
