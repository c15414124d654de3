import type { Connector } from '../../connector/connector.ts';
import { editedConnector } from './edited-connection.ts';
import type { Red, Request } from './red.ts';

/** What the editor asks of a connection while it is being edited. The form's values come with the question. */
const questions = {
  test: (connector: Connector, signal: AbortSignal) => connector.testConnection({ signal }),
  functions: (connector: Connector, signal: AbortSignal) =>
    connector.listFunctions({ maxItems: 1000, functionVersion: 'unqualified', signal }),
} as const;

export function registerAdmin(RED: Red): void {
  RED.httpAdmin.post('/awslambda/:question', RED.auth.needsPermission('awslambda.write'), (request, response, next) => {
    const { question = '' } = request.params;
    if (!Object.hasOwn(questions, question)) return next();
    // A form of another site can be sent without the user's consent, but not with this type.
    if (!isJson(request)) return response.status(415).json({ success: false, error: RED._('runtime.notJson') });
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const connector = editedConnector(RED, request.body);
    questions[question as keyof typeof questions](connector, gone.signal)
      .finally(() => connector.close())
      .then(
        (result) => response.json(result),
        () => response.status(500).json({ success: false, error: 'unexpected' }),
      );
  });
}

function isJson({ headers }: Request): boolean {
  const [type = ''] = (headers['content-type'] ?? '').split(';');
  return type.trim().toLowerCase() === 'application/json';
}
