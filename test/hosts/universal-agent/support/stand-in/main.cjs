/**
 * A stand-in for the program, to show what extension.py does with it. It answers with what it was given, as
 * {argv, fields}, and does what `function_name` says.
 */
const { readFileSync } = require('node:fs');

const text = readFileSync(0, 'utf8');
const fields = JSON.parse(text);
const [verb, argument] = (fields.function_name ?? '').split('=');

/** `json` is put in place of payload_json, which is last, as the program does. */
function answer(code, description, result = {}, json = 'null') {
  const document = documentOf(code, description, result);
  process.exitCode = code;
  process.stdout.write(`${JSON.stringify(document, null, 2).replace(/null\n {2}\}\n\}$/, () => `${json}\n  }\n}`)}\n`);
}

function documentOf(code, description, result) {
  return {
    exit_code: code,
    status_description: description,
    changed: code === 0,
    invocation: { extension: 'ue-aws-lambda', version: '0.0.0', fields: {} },
    result: {
      status_code: 200,
      log_result: null,
      payload: JSON.stringify({ argv: process.argv.slice(2), fields }),
      executed_version: '$LATEST',
      function_error: null,
      execution: 'completed',
      request_id: 'r-1',
      durable_execution_arn: null,
      error: null,
      ...result,
      payload_json: null,
    },
  };
}

const nested = (depth) => `${'[{"a":'.repeat(depth)}1${'}]'.repeat(depth)}`;

const verbs = {
  exit: () => answer(Number(argument), `STATUS ${argument}: as asked`),
  big: () => answer(0, 'SUCCESS: big', { payload: JSON.stringify('ü'.repeat(Number(argument) / 2)) }),
  log: () => {
    console.error('DEBUG fine');
    console.error('INFO plain');
    console.error('WARN odd');
    console.error('ERROR bad');
    console.error('of no level');
    console.error(`INFO ${'long '.repeat(40_000)}`);
    answer(0, 'SUCCESS: logged', { log_result: 'START\nhello from the function\nEND' });
  },
  deep: () => answer(0, 'SUCCESS: deep', {}, nested(Number(argument))),
  /** The same on one line, with the payload first, and with brackets and quotes in a text before it. */
  compact: () => {
    const { payload_json, ...result } = documentOf(0, '', { payload: `"\\${'['.repeat(99)}` }).result;
    const json = JSON.stringify({ ...documentOf(0, 'SUCCESS: ]} "[{\\', {}), result });
    process.stdout.write(json.replace('"result":{', () => `"result":{"payload_json":${nested(Number(argument))},`));
  },
  digits: () => answer(0, 'SUCCESS: digits', {}, '9'.repeat(Number(argument))),
  crash: () => {
    console.error('ERROR about to crash');
    process.exit(7);
  },
  killed: () => process.kill(process.pid, 'SIGKILL'),
  garbage: () => {
    process.stdout.write('not JSON');
  },
  contradict: () => {
    answer(0, 'SUCCESS: not at all');
    process.exitCode = 1;
  },
  wait: () => {
    const timer = setInterval(() => {}, 1000);
    process.on('SIGTERM', () => {
      clearInterval(timer);
      answer(22, 'CANCELLED: the function may still be running', { execution: 'unknown', payload: null });
    });
    console.error('INFO waiting');
  },
  stubborn: () => {
    setInterval(() => {}, 1000);
    process.on('SIGTERM', () => console.error('INFO not now'));
    console.error('INFO waiting');
  },
  orphan: () => {
    const { spawn } = require('node:child_process');
    spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { stdio: 'inherit', detached: true }).unref();
    answer(0, 'SUCCESS: with a child left behind');
  },
};

if (fields.action === 'List Functions') {
  const functions = ['pay', 'pay', 'ship'].map((function_name, index) => ({
    function_name,
    version: String(index + 1),
  }));
  answer(fields.region === 'none' ? 2 : 0, 'SUCCESS: listed', { payload: null, functions });
} else (verbs[verb] ?? (() => answer(0, 'SUCCESS: echoed')))();
