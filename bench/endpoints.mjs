// The other side of every measurement, in a process of its own: a Lambda and STS that answer at once, over http and
// https, and a CONNECT proxy, plain and over TLS. Prints its addresses as one line of JSON; ends when its input ends.

import { writeFileSync } from 'node:fs';
import { createServer as createHttpServer, request as sendRequest } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect } from 'node:net';
import 'reflect-metadata';
import { BasicConstraintsExtension, SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509';

const [folder] = process.argv.slice(2);

const answers = new Map();

/** A JSON string of the length that the request asks for in its path, such as /answer-1024. */
function answerOf(bytes) {
  let answer = answers.get(bytes);
  if (answer === undefined) {
    answer = Buffer.from(`"${'x'.repeat(bytes - 2)}"`);
    answers.set(bytes, answer);
  }
  return answer;
}

const small = Buffer.from('{"message":"Hello, world!"}');
const log = Buffer.from(
  'START RequestId: 1 Version: 1\nEND RequestId: 1\nREPORT RequestId: 1\tDuration: 1.00 ms\n',
).toString('base64');

function lambda(request, response) {
  const bytes = Number(/answer-(\d+)/.exec(request.url)?.[1] ?? 0);
  request.on('end', () => {
    if (request.url === '/' || request.url === '') return sts(response);
    const body = bytes > 0 ? answerOf(bytes) : small;
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': body.length,
      'x-amzn-requestid': '1',
      'x-amz-executed-version': '$LATEST',
      ...(request.headers['x-amz-log-type'] === 'Tail' && { 'x-amz-log-result': log }),
    });
    response.end(body);
  });
  request.resume();
}

function sts(response) {
  const body = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>EXAMPLE</SecretAccessKey><SessionToken>EXAMPLE</SessionToken>
<Expiration>${new Date(Date.now() + 3_600_000).toISOString()}</Expiration></Credentials><AssumedRoleUser>
<Arn>arn:aws:sts::123456789012:assumed-role/a/b</Arn><AssumedRoleId>A:b</AssumedRoleId></AssumedRoleUser>
</AssumeRoleResult></AssumeRoleResponse>`;
  response.writeHead(200, {
    'content-type': 'text/xml',
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': '2',
  });
  response.end(body);
}

/** Passes on a request with an absolute URI: boto3 uses no tunnel for http. */
function forward(request, response) {
  const { method, headers } = request;
  const passed = sendRequest(request.url, { method, headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  request.pipe(passed);
}

function tunnel(request, client, head) {
  const [host, port] = request.url.split(':');
  const target = connect(Number(port), host, () => {
    client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    target.write(head);
    target.pipe(client).pipe(target);
  });
  for (const socket of [client, target]) socket.on('error', () => socket.destroy());
}

async function certificate() {
  const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  const made = await X509CertificateGenerator.createSelfSigned(
    {
      name: 'CN=localhost',
      keys,
      signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
      notBefore: new Date(Date.now() - 86_400_000),
      notAfter: new Date(Date.now() + 86_400_000),
      extensions: [
        new BasicConstraintsExtension(true, undefined, true),
        new SubjectAlternativeNameExtension([
          { type: 'dns', value: 'localhost' },
          { type: 'ip', value: '127.0.0.1' },
        ]),
      ],
    },
    crypto,
  );
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return { cert: made.toString('pem'), key: `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n` };
}

const tls = await certificate();
writeFileSync(`${folder}/ca.pem`, tls.cert);
const servers = {
  http: createHttpServer(lambda),
  https: createHttpsServer(tls, lambda),
  proxy: createHttpServer(forward).on('connect', tunnel),
  tlsProxy: createHttpsServer(tls).on('connect', tunnel),
};
const ports = {};
for (const [name, server] of Object.entries(servers)) {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.keepAliveTimeout = 60_000;
  ports[name] = server.address().port;
}
console.log(
  JSON.stringify({
    http: `http://127.0.0.1:${ports.http}`,
    https: `https://127.0.0.1:${ports.https}`,
    proxy: `http://127.0.0.1:${ports.proxy}`,
    tlsProxy: `https://127.0.0.1:${ports.tlsProxy}`,
    ca: `${folder}/ca.pem`,
  }),
);
process.stdin.on('end', () => process.exit()).resume();
