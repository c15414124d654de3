/**
 * The child process in which one copy of a function lives: AWS's own runtime client (the code that runs in Lambda) loads
 * and calls the handler, and this file replaces the part of it that talks to the Lambda service.
 *
 * Plain JavaScript on purpose: Node 20 runs it as it is, from the sources and from a build.
 */
import { writeSync } from 'node:fs';
import Module from 'node:module';
import { pathToFileURL } from 'node:url';

const [root, handler, file, marker, runtimeApi] = process.argv.slice(2);
const RESULTS = 4;
let initialized = false;
let failed = false;
let running;

// Lambda's log is one stream. Two pipes would lose the order in which a function writes to stdout and stderr.
process.stderr.write = process.stdout.write.bind(process.stdout);

/** Writes one message to the parent before it returns, so that an exit right after it loses nothing. */
function report(message) {
  const bytes = Buffer.from(`${JSON.stringify(message)}\n`);
  for (let sent = 0; sent < bytes.length; ) sent += writeSync(RESULTS, bytes, sent);
}

/** Ends an invocation: the marker tells the parent that all the output before it has arrived. */
function finish(message) {
  running = undefined;
  process.stdout.write(marker);
  report({
    ...message,
    ...(failed && { last: true }),
    maxMemoryUsed: Math.ceil(process.resourceUsage().maxRSS / 1024),
  });
}

/** Reports that the function's code could not be loaded, and ends. */
function failInit(error) {
  failed = true;
  const errorType = error?.name ?? typeof error;
  const trace = String(error?.stack ?? '').split('\n');
  console.error('Uncaught Exception ', JSON.stringify({ errorType, errorMessage: error?.message, stack: trace }));
  finish({ kind: 'error', body: JSON.stringify({ errorType, errorMessage: String(error?.message ?? error), trace }) });
  process.exit(1);
}

/** Reads the optional `config` export; the handler's module is loaded by now, so that this is a look into the cache. */
async function readConfig() {
  const module = await import(pathToFileURL(file).href);
  return module.config ?? module.default?.config ?? {};
}

const service = {
  /** Waits for the next event. Only this wait keeps the process alive: an empty event loop ends an invocation. */
  async next() {
    if (!initialized) report({ kind: 'ready', config: await readConfig() });
    initialized = true;
    // A streamed response goes to the runtime API by itself: that the next event is asked for says that it is over.
    if (running !== undefined) finish({ kind: 'streamed', id: running });
    process.channel.ref();
    const invocation = await new Promise((resolve) => process.once('message', resolve));
    process.channel.unref();
    running = invocation.headers['lambda-runtime-aws-request-id'];
    process.env.AWS_LAMBDA_FUNCTION_VERSION = invocation.version;
    process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE = String(invocation.memorySize);
    process.env.AWS_LAMBDA_LOG_STREAM_NAME = invocation.logStreamName;
    return { bodyJson: invocation.event, headers: invocation.headers };
  },
  done: (id, body) => finish({ kind: 'done', id, body }),
  error: (id, body) => finish({ kind: 'error', id, body }),
};

// The runtime client asks for its native addon, which calls the Lambda service by HTTP. Here a pipe is used instead.
const load = Module._load;
Module._load = (request, ...rest) => (request.endsWith('rapid-client.node') ? service : load(request, ...rest));

// The client reads this variable when it starts. It reports failures before the first event there, too; those are ours below.
process.env.AWS_LAMBDA_RUNTIME_API = runtimeApi;
// After it the client reports them as the invocation's and ends the process: `last` says that no other event is taken.
for (const event of ['uncaughtException', 'unhandledRejection']) {
  process.on(event, (error) => {
    failed = true;
    if (!initialized) failInit(error);
  });
}
process.on('disconnect', () => process.exit());

const { run } = await import('aws-lambda-ric');
await run(root, handler).catch(failInit);
