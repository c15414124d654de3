import { InvokeWithResponseStream$ } from '@aws-sdk/client-lambda';
import { EventStreamCodec } from '@smithy/core/event-streams';
import { parseJson } from '../../formats/parse-json.ts';
import type { Answered, InvokeAnswer, Receive } from '../../ports.ts';
import type { RequestProgress } from '../transport/progress.ts';
import type { Answer } from '../transport/transport.ts';
import { foreignAnswer } from './aws-error.ts';
import { Framer } from './framer.ts';
import { operation } from './service.ts';
import { StreamError } from './stream-error.ts';

export const invokeStreamed = operation(InvokeWithResponseStream$);

/** The most bytes that are read of a stream: AWS Lambda sends 200 MB of payload, in messages with 100 bytes around it. */
const longest = 2 ** 28;

/**
 * Reads the answer of InvokeWithResponseStream: the parts of the payload, each given to `receive` before the next is
 * read, and at last InvokeComplete. Throws StreamError when it does not come to that.
 */
export async function readStream(
  { message, head }: Answer,
  progress: RequestProgress,
  receive: Receive,
): Promise<Omit<InvokeAnswer, keyof Answered>> {
  const executedVersion = head.headers['x-amz-executed-version'] ?? null;
  if (head.statusCode === 204) {
    message.resume();
    return { ...noPayload, executedVersion };
  }
  assertEventStream(head.headers['content-type']);
  const framer = new Framer();
  let length = 0;
  progress.listen();
  for await (const chunk of message as AsyncIterable<Buffer>) {
    progress.work();
    length += chunk.length;
    if (length > longest) throw new StreamError('StreamTooLong', 'the stream is longer than any of AWS Lambda');
    for (const frame of framer.frames(chunk)) {
      const event = eventIn(frame);
      if (event.type === 'InvokeComplete') return { ...noPayload, executedVersion, ...completion(event.body) };
      // An event that is not known yet says nothing of the payload.
      if (event.type === 'PayloadChunk' && event.body.length > 0) await receive(event.body);
    }
    progress.listen();
  }
  const where = framer.isBetween ? 'without InvokeComplete' : 'within a message';
  throw new StreamError('StreamIncomplete', `the stream ended ${where}, so the function may not have run to its end`);
}

const noPayload = {
  ...{ payload: null, tooLarge: false, durableExecutionArn: null },
  ...{ functionError: null, errorDetails: null, logResult: null },
};

function assertEventStream(type = ''): void {
  if (!/^application\/vnd\.amazon\.eventstream\s*(;|$)/i.test(type)) throw foreignAnswer('not an event stream');
}

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString('utf8'),
  (text) => Buffer.from(text),
);

/** One event; throws when the message is damaged, or ends the stream with an error. */
function eventIn(frame: Uint8Array): { readonly type: string; readonly body: Uint8Array } {
  const { headers, body } = decoded(frame);
  const text = (name: string) => {
    const value = headers[name]?.value;
    return typeof value === 'string' ? value : '';
  };
  switch (text(':message-type')) {
    case 'event':
      return { type: text(':event-type'), body };
    case 'exception':
      throw ended(text(':exception-type'), messageOf(body));
    case 'error':
      throw ended(text(':error-code'), text(':error-message'));
    default:
      throw new StreamError('StreamDamaged', 'a message of the stream has no type that is known');
  }
}

/** The names are the server's, so they are said and not acted on. */
function ended(name: string, message: string): StreamError {
  const said = [name, message].filter((text) => text !== '').join(': ') || 'an error that it did not describe';
  return new StreamError('StreamFailed', `AWS Lambda ended the stream with ${said}`);
}

function messageOf(body: Uint8Array): string {
  const parsed = parseJson(Buffer.from(body).toString('utf8'));
  const { message, Message } = Object('value' in parsed ? parsed.value : null) as Record<string, unknown>;
  return [message, Message].find((text) => typeof text === 'string')?.toString() ?? '';
}

function decoded(frame: Uint8Array) {
  try {
    return codec.decode(frame);
  } catch (error) {
    throw new StreamError('StreamDamaged', 'a message of the stream is damaged', error);
  }
}

/** What the last event says of the run. */
function completion(body: Uint8Array) {
  const parsed = parseJson(Buffer.from(body).toString('utf8'));
  if ('fault' in parsed || typeof parsed.value !== 'object' || parsed.value === null) {
    throw new StreamError('StreamDamaged', 'InvokeComplete is not a JSON object');
  }
  const { ErrorCode, ErrorDetails, LogResult } = parsed.value as Record<string, unknown>;
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null);
  const functionError = text(ErrorCode) ?? (text(ErrorDetails) === null ? null : 'Unhandled');
  return { functionError, errorDetails: text(ErrorDetails), logResult: text(LogResult) };
}
