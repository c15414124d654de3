import { randomUUID } from 'node:crypto';
import { buildQueryString, HttpResponse, parseUrl } from '@smithy/core/protocols';
import { operation as operationOf } from '@smithy/core/schema';
import type {
  HttpResponse as AnyHttpResponse,
  AwsCredentialIdentity,
  ClientProtocol,
  Endpoint,
  HandlerExecutionContext,
  HttpRequest,
  OperationSchema,
  SerdeFunctions,
  StaticOperationSchema,
} from '@smithy/types';
import { name as product, version } from '../../version.ts';
import type { AnswerHead, RequestProgress } from '../transport/progress.ts';
import { readBody } from '../transport/read-body.ts';
import type { Answer, Transport, WireRequest } from '../transport/transport.ts';
import { answerError, type ErrorBody, foreignAnswer } from './aws-error.ts';
import { signerFor } from './signer.ts';

type Protocol = ClientProtocol<HttpRequest, AnyHttpResponse>;

/** An operation's method and path, what goes in and what comes out. Made once: the SDK derives much from it. */
export type Operation = OperationSchema;

export function operation([, namespace, name, traits, input, output]: StaticOperationSchema): Operation {
  return operationOf(namespace, name, traits, input, output);
}

/** An AWS service as this session reaches it: the SDK writes, signs and reads; the transport carries. */
export interface Service {
  /** In the credential scope of a signature. */
  readonly signingName: string;
  readonly region: string;
  readonly protocol: Protocol;
  /** Finds the URL at the first call, and keeps it. */
  readonly endpoint: () => Promise<Endpoint>;
  readonly transport: Transport;
  readonly clock: ServiceClock;
}

/** The difference between the service's clock and this host's, once an answer has shown it. */
export interface ServiceClock {
  /** Milliseconds. */
  offset: number;
}

/** Finds an endpoint once, and keeps it in the SDK's form. */
export function keptEndpoint(find: () => Promise<URL>): () => Promise<Endpoint> {
  let endpoint: Promise<Endpoint> | undefined;
  return () => {
    endpoint ??= find().then((url) => parseUrl(url) as Endpoint);
    return endpoint;
  };
}

/** Sets the service's clock by the Date of an answer. */
export function correctClock({ clock }: Service, serverDate: string): void {
  const time = Date.parse(serverDate);
  if (Number.isFinite(time)) clock.offset = time - Date.now();
}

export interface Exchange<Output> {
  /** Null when the body is longer than is read. */
  readonly output: Output | null;
  readonly head: AnswerHead;
}

/** The most bytes of an answer that are kept: what AWS Lambda sends at most for a buffered invocation. */
const answerLimit = 6_291_556;

/** The most bytes of an error's body: AWS sends a name and a sentence. */
const errorLimit = 2 ** 18;

/** What an operation's description does not say. */
export interface Handling {
  /** Headers besides those of the operation. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Throws AnswerError when the head of an answer of success is not what the service sends. */
  readonly check?: (head: AnswerHead) => void;
  /** The most bytes of an answer that are read. */
  readonly answerLimit?: number;
}

/** Signs and sends one request and reads its answer. Throws AnswerError, and what the connection throws. */
export async function exchange<Output extends object>(
  service: Service,
  operation: Operation,
  input: object,
  identity: AwsCredentialIdentity,
  progress: RequestProgress,
  handling: Handling = {},
): Promise<Exchange<Output>> {
  const { message, head } = await openExchange(service, operation, input, identity, progress, handling);
  const { bytes, whole } = await readBody(message, handling.answerLimit ?? answerLimit);
  if (!whole) return { output: null, head };
  return { output: await read<Output>(service, operation, head, bytes), head };
}

/** The same up to the head of the answer, when that is a success. */
export async function openExchange(
  service: Service,
  operation: Operation,
  input: object,
  identity: AwsCredentialIdentity,
  progress: RequestProgress,
  { headers = {}, check = () => {} }: Handling = {},
): Promise<Answer> {
  const request = await written(service, operation, input);
  Object.assign(request.headers, headers);
  const { message, head } = await service.transport.send(await signed(service, request, identity), progress);
  if (head.statusCode >= 300) {
    const body = await readBody(message, errorLimit).catch(() => null);
    throw answerError(head, body?.whole ? await errorIn(service, operation, head, body.bytes) : null);
  }
  check(head);
  return { message, head };
}

/** Settings that the protocols ask the client for. The serializers have their own defaults. */
const settings = { disableHostPrefix: false } as unknown as SerdeFunctions & HandlerExecutionContext;

async function written(service: Service, operation: Operation, input: object): Promise<HttpRequest> {
  const { protocol } = service;
  return protocol.serializeRequest(operation, input, { ...settings, endpoint: service.endpoint } as never);
}

async function signed(service: Service, request: HttpRequest, identity: AwsCredentialIdentity): Promise<WireRequest> {
  const { body, hostname, port, headers } = request;
  Object.assign(headers, {
    host: port === undefined ? hostname : `${hostname}:${port}`,
    'user-agent': userAgent,
    'x-amz-user-agent': `${product}/${version}`,
    'amz-sdk-invocation-id': randomUUID(),
    'amz-sdk-request': 'attempt=1; max=1',
    ...(body && { 'content-length': String(Buffer.byteLength(body)) }),
  });
  const signingDate = new Date(Date.now() + service.clock.offset);
  const signing = signerFor(service, identity).sign(request, { signingDate });
  const { protocol, method, path, query = {}, headers: all } = await signing;
  const search = buildQueryString(query);
  return { protocol, hostname, port, method, path: search === '' ? path : `${path}?${search}`, headers: all, body };
}

const userAgent = [
  `${product}/${version}`,
  'ua/2.1',
  `os/${process.platform}`,
  'lang/js',
  `md/nodejs#${process.versions.node}`,
].join(' ');

async function read<Output>(
  { protocol }: Service,
  operation: Operation,
  { statusCode, headers }: AnswerHead,
  body: Uint8Array,
): Promise<Output> {
  const response = new HttpResponse({ statusCode, headers: { ...headers }, body });
  try {
    return (await protocol.deserializeResponse(operation, settings, response)) as Output;
  } catch {
    throw foreignAnswer(`not one of ${String(operation.name)}`);
  }
}

/** What the body says of an error; null when it is no error of AWS. */
async function errorIn(
  { protocol }: Service,
  operation: Operation,
  { statusCode, headers }: AnswerHead,
  body: Uint8Array,
): Promise<ErrorBody | null> {
  const response = new HttpResponse({ statusCode, headers: { ...headers }, body });
  try {
    await protocol.deserializeResponse(operation, settings, response);
    return null;
  } catch (error) {
    if (!('$metadata' in Object(error))) return null;
    const { name: called, message, retryAfterSeconds } = error as ErrorBody;
    return {
      ...(!unnamed.has(called) && { name: called }),
      ...(message !== 'UnknownError' && { message }),
      retryAfterSeconds,
    };
  }
}

/** How the SDK calls an error without a name. */
const unnamed = new Set<unknown>(['Error', 'Unknown', 'UnknownError']);
