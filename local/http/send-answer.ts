import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Answer } from './answer.ts';

/** Sends an answer, whole or as it comes. */
export async function sendAnswer(response: ServerResponse, answer: Answer, more: Answer['headers']): Promise<void> {
  const { status, headers, body } = answer;
  if (typeof body === 'function') {
    response.writeHead(status, { ...headers, ...more });
    response.flushHeaders();
    await body((bytes) => send(response, bytes));
    response.end();
    return;
  }
  const bytes = Buffer.from(body);
  const length = status === 204 ? {} : { 'content-length': bytes.length };
  response.writeHead(status, { ...headers, ...length, ...more });
  response.end(bytes);
}

async function send(response: ServerResponse, bytes: Uint8Array): Promise<void> {
  if (response.destroyed || response.write(bytes)) return;
  // A client that is gone reads nothing more: then there is nothing to wait for, and the function runs on.
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  await once(response, 'drain', { signal: gone.signal }).catch(() => {});
}
