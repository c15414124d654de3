import { afterAll, beforeAll } from '@jest/globals';
import fc from 'fast-check';
import { openSession } from '../../extension/aws/session.ts';
import { execute } from '../../extension/execute.ts';
import { processPorts } from '../../extension/hosts/process/ports.ts';
import { toOutput } from '../../extension/output.ts';
import { listen } from '../support/network/listener.ts';
import { messageOf } from '../support/stream-server.ts';
import { fuzz } from './support/fuzz.ts';
import { headerOf, rawAnswer } from './support/hostile.ts';
import { collector, judge, type Seen } from './support/judge.ts';
import { isWhole, type RawAnswer, type RawServer, rawServer } from './support/raw-server.ts';
import { secret } from './support/secrets.ts';

let lambda: RawServer;
let sts: RawServer;
beforeAll(async () => {
  [lambda, sts] = await Promise.all([rawServer(), rawServer()]);
});
afterAll(async () => {
  await Promise.all([lambda.close(), sts.close()]);
});

const payload = JSON.stringify({ note: secret('payload'), pin: secret('pin') });

/** A task over sockets, with secrets in all of its confidential fields. */
async function run(over: object): Promise<Seen> {
  const raw = {
    ...{ function_name: 'hello', region: 'us-east-1', endpoint_url: `http://127.0.0.1:${lambda.port}` },
    credentials: { user: 'AKIDS3CR3TxMARK', password: secret('key'), token: secret('token') },
    ...{ payload_source: 'Script', payload_script: payload },
    ...{ client_context_source: 'Script', client_context_script: JSON.stringify({ custom: { a: secret('context') } }) },
    ...{ max_attempts: 2, connect_timeout: 20, wait_for_completion_timeout: 20, ...over },
  };
  const { log, text } = collector();
  const sleep = (_: number, signal: AbortSignal) =>
    new Promise<void>((done) => setImmediate(() => !signal.aborted && done()));
  const clock = { now: () => Date.now(), sleep };
  const ports = { ...processPorts, environment: {}, clock, openSession, log, signal: new AbortController().signal };
  const outcome = await execute(raw, ports);
  return judge(toOutput(raw, outcome), text());
}

/** What a server may have meant by an answer, judged by less than the program looks at. */
const refuses = (answer: RawAnswer) =>
  !['cut in the head', 'nothing', 'garbage', 'reset'].includes(answer.framing) && // its status is enough
  ((answer.status >= 400 && answer.status < 500) || answer.status === 502) &&
  ['x-amzn-requestid', 'x-amzn-errortype', 'x-amz-request-id'].some((name) => headerOf(answer, name) !== undefined);
/** Answers after which another request is allowed: a throttle, a wrong clock, a tail that is not to be had. */
const invitesAnother = (answer: RawAnswer) => refuses(answer) && answer.status < 500;

const kinds = fc.constantFrom('Request Response', 'Event', 'Dry Run');
const task = fc.record({
  invocation_type: kinds,
  log_type: fc.constantFrom('None', 'Tail'),
  fail_on_function_error: fc.boolean(),
});
const answers = fc.array(rawAnswer, { minLength: 1, maxLength: 2 });

fuzz('answers over sockets', 'sockets', 0.5, fc.tuple(answers, task), async ([given, over]) => {
  lambda.set(given);
  const { output } = await run({ ...over, ...(over.invocation_type !== 'Request Response' && { log_type: 'None' }) });
  check(output, given, over.invocation_type);
});

// biome-ignore lint/suspicious/noExplicitAny: a document of JSON
function check(output: any, given: readonly RawAnswer[], type: string): void {
  const requests = lambda.requests();
  const { execution } = output.result;
  const seen = given.slice(0, requests);
  const last = given[Math.min(requests, given.length) - 1] as RawAnswer;
  const fault = (what: string) =>
    new Error(`${what}: ${execution} after ${requests} requests, ${JSON.stringify(output.status_description)}`);
  if (requests === 0) throw fault('nothing was sent');
  if (requests > 1 && type !== 'Dry Run' && !seen.slice(0, -1).every(invitesAnother)) throw fault('sent twice');
  if (type === 'Dry Run') {
    if (execution !== 'not_started') throw fault('a Dry Run');
    return;
  }
  if (execution === 'not_started' && !refuses(last)) throw fault('an answer that refuses nothing');
  if (execution === 'completed' && !(type === 'Request Response' && isSuccess(last, 200))) throw fault('no success');
  if (execution === 'accepted' && !(type === 'Event' && isSuccess(last, 202))) throw fault('not accepted');
  if (isSuccess(last, type === 'Event' ? 202 : 200) && isPlain(last) && execution === 'unknown')
    throw fault('a success');
}

const isSuccess = (answer: RawAnswer, status: number) => answer.status === status && isWhole(answer);
/** Nothing about it is odd: AWS Lambda could have sent it. */
const isPlain = ({ headers, framing }: RawAnswer) =>
  (framing === 'length' || framing === 'chunked') &&
  headers.every(([name]) => ['x-amzn-requestid', 'x-amz-executed-version', 'x-amz-function-error'].includes(name)) &&
  headers.some(([name, value]) => name === 'x-amzn-requestid' && value !== '');

const credentialsXml = `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIAS3CR3TxMARK</AccessKeyId>
<SecretAccessKey>S3CR3TxMARKsts</SecretAccessKey><SessionToken>S3CR3TxMARKtoken</SessionToken>
<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;
const xmlPieces = [
  '<Error>',
  '</Error>',
  '<Code>',
  '</Code>',
  'ExpiredToken',
  '<Message>',
  '</Message>',
  '<!DOCTYPE a [<!ENTITY b "c">]>',
];
const xml = fc.oneof(
  fc.constantFrom(credentialsXml, credentialsXml.slice(0, 200), credentialsXml.replace('2099', 'never')),
  fc.constantFrom(
    credentialsXml.replaceAll('AccessKeyId', 'Access'),
    credentialsXml.replaceAll('Credentials', 'Error'),
  ),
  fc.array(fc.constantFrom(...xmlPieces, '&b;', '&#0;', 'x', '<'), { maxLength: 12 }).map((parts) => parts.join('')),
  fc.json({ maxDepth: 2 }),
);
const stsAnswer = fc
  .tuple(rawAnswer, xml)
  .map(
    ([answer, body]): RawAnswer => ({ ...answer, body, headers: answer.headers.filter(([name]) => name !== 'date') }),
  );

fuzz('STS answers', 'sockets', 0.15, fc.array(stsAnswer, { minLength: 1, maxLength: 2 }), async (given) => {
  lambda.set([{ status: 200, headers: [['x-amzn-requestid', 'r']], body: '{}', framing: 'length' }]);
  sts.set(given);
  const role = { role_based_access: true, role_arn: 'arn:aws:iam::123456789012:role/x' };
  const { output } = await run({ ...role, max_attempts: 1, sts_endpoint_url: `http://127.0.0.1:${sts.port}` });
  const { execution } = output.result;
  if (lambda.requests() > 1) throw new Error(`${lambda.requests()} invokes`);
  if ((execution === 'completed') !== (lambda.requests() === 1))
    throw new Error(`${execution}, ${lambda.requests()} invokes`);
  if (execution === 'unknown') throw new Error('nothing was sent, and it is unknown');
  if (output.exit_code === 21) throw new Error('STS is never a read timeout');
});

const event = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => ({ type: 'PayloadChunk', body: text })),
  fc
    .constantFrom(
      '{}',
      '{"ErrorCode":"Unhandled","ErrorDetails":"x"}',
      '{"LogResult":"!"}',
      'no JSON',
      'null',
      '{"ErrorCode":5}',
    )
    .map((body) => ({ type: 'InvokeComplete', body })),
  fc.constantFrom({ type: 'Strange', body: '{}' }, { type: '', body: '' }),
);
const stream = fc.record({
  events: fc.array(event, { maxLength: 5 }),
  ends: fc.boolean(),
  /** Bytes that are changed, and where the stream is cut. */
  damage: fc.array(fc.tuple(fc.nat(600), fc.nat(255)), { maxLength: 2 }),
  cut: fc.option(fc.nat(400)),
});

fuzz('event streams', 'sockets', 0.2, stream, async ({ events, ends, damage, cut }) => {
  const all = ends ? [...events, { type: 'InvokeComplete', body: '{}' }] : events;
  const messages = all.map(({ type, body }) => messageOf('event', { ':event-type': type }, Buffer.from(body)));
  const whole = Buffer.concat(messages);
  const bytes = Buffer.from(whole.subarray(0, cut ?? whole.length));
  for (const [at, value] of damage) if (at < bytes.length) bytes[at] = value;
  let requests = 0;
  const server = await listen((socket) => {
    socket.once('data', () => {
      requests += 1;
      const type = 'application/vnd.amazon.eventstream';
      const head = `HTTP/1.1 200 OK\r\nx-amzn-requestid: r\r\ncontent-type: ${type}\r\ntransfer-encoding: chunked\r\n\r\n`;
      const chunk = bytes.length === 0 ? '' : `${bytes.length.toString(16)}\r\n${bytes.toString('latin1')}\r\n`;
      socket.end(Buffer.from(`${head}${chunk}0\r\n\r\n`, 'latin1'));
    });
  });
  const { output } = await run({ response_mode: 'Streamed', endpoint_url: `http://127.0.0.1:${server.port}` });
  await server.close();
  const { execution } = output.result;
  if (requests !== 1) throw new Error(`${requests} requests`);
  const completes = all.some(({ type }) => type === 'InvokeComplete');
  if (execution === 'not_started') throw new Error('not started');
  if (execution === 'completed' && !completes) throw new Error('completed, and never told so');
  if (ends && bytes.equals(whole) && events.every(({ type }) => type === 'PayloadChunk') && execution !== 'completed') {
    throw new Error(`a whole stream: ${execution}`);
  }
});

const connectAnswer = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(100, 101, 199, 201, 204, 302, 400, 403, 407, 500, 502, 503, 600),
      fc.string({ maxLength: 20 }),
    )
    .map(([status, text]) => `HTTP/1.1 ${status} ${text.replace(/[\r\n]/g, '')}\r\n\r\n`),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    'HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm="',
    'HTTP/9.9 200 OK\r\n\r\n',
    'SSH-2.0-x\r\n',
    '\r\n\r\n',
    'HTTP/1.1 200',
  ),
);

fuzz('proxies that are none', 'sockets', 0.1, connectAnswer, async (text) => {
  lambda.set([{ status: 200, headers: [['x-amzn-requestid', 'r']], body: '{}', framing: 'length' }]);
  const proxy = await listen((socket) => {
    socket.once('data', (head) => socket.end(text.includes('%') ? text + head.toString('latin1') : text));
  });
  const login = { user: secret('proxy-user'), password: secret('proxy-password') };
  const { output } = await run({
    max_attempts: 1,
    use_proxy: true,
    proxy: `http://127.0.0.1:${proxy.port}`,
    proxy_credentials: login,
  });
  await proxy.close();
  const opened = /^HTTP\/1\.[01] 200/.test(text) && text.includes('\r\n\r\n');
  if (!opened && (output.exit_code !== 11 || output.result.execution !== 'not_started')) {
    throw new Error(`exit ${output.exit_code}, ${output.result.execution}`);
  }
  if (lambda.requests() > 0) throw new Error('went around the proxy');
});
