import { configNames, credentialNames } from '../profile.ts';
import { text } from './texts.js';

/**
 * Puts a question about a connection to the runtime; the answer is a result of the connector, never a throw. `signal` ends
 * the question, and so the call behind it, when the form that asks is closed.
 */
export function ask(question, connection, signal) {
  return new Promise((resolve) => {
    const request = $.ajax({
      url: `awslambda/${question}`,
      type: 'POST',
      contentType: 'application/json',
      data: JSON.stringify(connection),
    });
    signal.addEventListener('abort', () => request.abort());
    const answer = (given, key, status) => {
      resolve(isResult(given) ? { metadata: {}, ...given } : failure(key, status));
    };
    request.then(
      (given, _, { status }) => answer(given, 'health.noResult', status),
      ({ status, responseJSON }) => answer(responseJSON, reasonOf(status), status),
    );
  });
}

/** A web page, or the answer of another server, is no result. */
function isResult(answer) {
  return typeof answer?.success === 'boolean' && (answer.success ? Boolean(answer.data) : Boolean(answer.error));
}

function failure(key, status) {
  return { success: false, error: text(key, { status }), metadata: {} };
}

function reasonOf(status) {
  if (status === 401 || status === 403) return 'health.notPermitted';
  return status >= 200 && status < 400 ? 'health.noResult' : 'health.noAnswer';
}

/** A saved connection in the terms of the runtime. A secret that is not known here is the stored one. */
export function savedConnection(id) {
  const node = RED.nodes.node(id);
  if (!node) return null;
  const credentials = node.credentials ?? {};
  return { id, profile: pick(configNames, node), credentials: pick(credentialNames, credentials) };
}

function pick(names, values) {
  return Object.fromEntries(names.map((name) => [name, values[name]]).filter(([, value]) => value !== undefined));
}
