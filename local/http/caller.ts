import { LambdaError } from '../lambda/lambda-error.ts';
import { type Call, header } from './call.ts';

const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|\[::1\]|(?:[a-z0-9-]+\.)*localhost\.?)$/i;
const HOST = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/;

/**
 * Refuses what a browser may have sent. A page can reach the loopback under a name of its own (DNS rebinding) and the
 * keys are no secret, so only a loopback name with this port is answered, and nothing that says which page it is from.
 */
export function refuseBrowser(call: Call, port: number): void {
  const host = header(call, 'host') ?? '';
  const [, name = '', given = '80'] = HOST.exec(host) ?? [];
  if (!LOOPBACK.test(name) || Number(given) !== port) {
    const message = `The Host header "${host}" is not a name of this endpoint. Call it as localhost:${port}, 127.0.0.1:${port}, [::1]:${port} or NAME.localhost:${port}.`;
    throw new LambdaError(403, 'ForbiddenHostException', message);
  }
  const origin = header(call, 'origin');
  if (origin !== undefined) {
    const message = `The Origin header "${origin}" says that a web page sent this request. Web pages are not answered; call the endpoint from a program.`;
    throw new LambdaError(403, 'ForbiddenOriginException', message);
  }
}
