import type { Connector } from '../../connector/connector.ts';
import { openConnector, silent } from './open-connector.ts';
import { configNames, credentialNames, profileOf } from './profile.ts';
import type { Credentials, Red, Request } from './red.ts';

/**
 * What the editor asks of a connection while it is being edited: a test, and the list of functions. The form's values
 * come with the question; a secret that was not typed again is taken from the store and never goes back.
 */
const questions = {
  test: (connector: Connector, signal: AbortSignal) => connector.testConnection({ signal }),
  functions: (connector: Connector, signal: AbortSignal) =>
    connector.listFunctions({ maxItems: 1000, functionVersion: 'unqualified', signal }),
} as const;

export function registerAdmin(RED: Red): void {
  RED.httpAdmin.post('/awslambda/:question', RED.auth.needsPermission('awslambda.write'), (request, response, next) => {
    const { question = '' } = request.params;
    if (!Object.hasOwn(questions, question)) return next();
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const connector = openConnector(profileFrom(RED, request), silent);
    questions[question as keyof typeof questions](connector, gone.signal).then(
      (result) => {
        connector.close();
        response.json(result);
      },
      () => response.status(500).json({ success: false, error: 'unexpected' }),
    );
  });
}

function profileFrom(RED: Red, { body }: Request) {
  const {
    id = '',
    profile = {},
    credentials = {},
  } = Object(body) as { id?: string; profile?: object; credentials?: object };
  const stored = RED.nodes.getCredentials(String(id)) ?? {};
  const config = pick(configNames, (name) => evaluated(RED, Reflect.get(Object(profile), name)));
  const secrets = pick(credentialNames, (name) =>
    evaluated(RED, secretOf(name, Object(credentials) as Credentials, stored)),
  );
  return profileOf(String(id) || 'unsaved', config, secrets);
}

/** What was typed, an empty text for what is to be removed, else what is stored. */
function secretOf(name: string, typed: Credentials, stored: Credentials): unknown {
  const value = typed[name];
  return value === undefined || value === kept ? stored[name] : value;
}

/** How Node-RED's editor says that a password is stored. */
const kept = '__PWRD__';

/** Node-RED puts environment variables into a deployed node; what comes from the form is not deployed yet. */
function evaluated(RED: Red, value: unknown): unknown {
  if (typeof value !== 'string' || !/^\$[({][A-Za-z_]\w*[)}]$/.test(value)) return value;
  return RED.util.evaluateNodeProperty(`\${${value.slice(2, -1)}}`, 'env', {});
}

function pick<Name extends string>(names: readonly Name[], value: (name: Name) => unknown): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, value(name)]));
}
