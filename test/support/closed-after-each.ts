import { afterEach } from '@jest/globals';

interface Closable {
  close(): Promise<void>;
}

/** For the top of a test file: gives the function that takes what is to be closed after each test. */
export function closedAfterEach(): <T extends Closable>(server: T) => T {
  const opened: Closable[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((server) => server.close()));
  });
  return (server) => {
    opened.push(server);
    return server;
  };
}
