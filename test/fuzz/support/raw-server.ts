import { listen } from '../../support/network/listener.ts';

/** An answer as its bytes go over the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  readonly framing: Framing;
  /** Whether what the request held is put into the body. A function's own answer is not: it is shown as it came. */
  readonly quotes?: boolean;
}

export const framings = [
  ...[
    'length',
    'too short',
    'too long',
    'chunked',
    'bad chunk',
    'chunked and cut',
    'no length',
    'identity',
    'two lengths',
  ],
  ...['cut in the head', 'nothing', 'garbage', 'reset', 'twice', 'a 100 before'],
] as const;
export type Framing = (typeof framings)[number];

/** How a body is whole for a reader that follows RFC 9112. */
const wholeFramings: ReadonlySet<Framing> = new Set(['length', 'chunked', 'too short', 'twice', 'a 100 before']);

export const isWhole = ({ framing }: RawAnswer) => wholeFramings.has(framing);

export interface RawServer {
  readonly port: number;
  /** Whole requests. */
  requests(): number;
  /** Takes the answers in turn; the last one also for all that follow. */
  set(answers: readonly RawAnswer[]): void;
  close(): Promise<void>;
}

/** A server that answers with any bytes, and counts the whole requests that it got. */
export async function rawServer(): Promise<RawServer> {
  let answers: readonly RawAnswer[] = [];
  let requests = 0;
  const listener = await listen((socket) => {
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
      if (text.length < end + 4 + length) return;
      const answer = answers[Math.min(requests, answers.length - 1)] as RawAnswer;
      requests += 1;
      const isAnswer = answer.headers.some(([name]) => name === 'x-amz-function-error');
      const quoted =
        answer.quotes && !isAnswer ? { ...answer, body: JSON.stringify({ message: text, was: answer.body }) } : answer;
      text = '';
      if (answer.framing === 'reset') socket.resetAndDestroy();
      else socket.end(Buffer.from(bytesOf(quoted), 'latin1'));
    });
  });
  return {
    port: listener.port,
    requests: () => requests,
    set(next) {
      answers = next;
      requests = 0;
    },
    close: listener.close,
  };
}

/** The answer's text, one character a byte. */
function bytesOf({ status, headers, body, framing }: RawAnswer): string {
  const bytes = Buffer.from(body).toString('latin1');
  const lines = [`HTTP/1.1 ${status} X`, ...headers.map(([name, value]) => `${name}: ${value}`)];
  const head = (...more: string[]) => `${[...lines, ...more].join('\r\n')}\r\n\r\n`;
  const length = (count: number) => `Content-Length: ${count}`;
  const chunk = `${bytes.length.toString(16)}\r\n${bytes}\r\n`;
  switch (framing) {
    case 'length':
      return head(length(bytes.length)) + bytes;
    case 'too short':
      return `${head(length(bytes.length))}${bytes}and more`;
    case 'too long':
      return head(length(bytes.length + 9)) + bytes;
    case 'chunked':
      return `${head('Transfer-Encoding: chunked')}${bytes === '' ? '' : chunk}0\r\n\r\n`;
    case 'bad chunk':
      return `${head('Transfer-Encoding: chunked')}zz\r\n${bytes}`;
    case 'chunked and cut':
      return `${head('Transfer-Encoding: chunked')}${bytes === '' ? '' : chunk}`;
    case 'no length':
      return head('Connection: close') + bytes;
    case 'identity':
      return head('Transfer-Encoding: identity', 'Connection: close') + bytes;
    case 'two lengths':
      return head(length(bytes.length), length(bytes.length + 1)) + bytes;
    case 'cut in the head':
      return head().slice(0, -3);
    case 'nothing':
    case 'reset':
      return '';
    case 'garbage':
      return `\0\x01\r\n\r\n${bytes}`;
    case 'twice':
      return (head(length(bytes.length)) + bytes).repeat(2);
    case 'a 100 before':
      return `HTTP/1.1 100 Continue\r\n\r\n${head(length(bytes.length))}${bytes}`;
  }
}
