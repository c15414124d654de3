import { configNames, credentialNames } from '../profile.ts';
import { text } from './texts.js';

/** Puts a question about a connection to the runtime; the answer is a result of the connector, never a throw. */
export function ask(question, connection) {
  return new Promise((resolve) => {
    $.ajax({
      url: `awslambda/${question}`,
      type: 'POST',
      contentType: 'application/json',
      data: JSON.stringify(connection),
    }).then(resolve, ({ status }) =>
      resolve({ success: false, error: text('health.noAnswer', { status }), metadata: {} }),
    );
  });
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
