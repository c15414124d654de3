import { buildQueryString, HttpResponse } from '@smithy/core/protocols';
import type { HttpRequest } from '@smithy/types';
import { RequestProgress } from './progress.ts';
import type { Transport } from './transport.ts';

/**
 * Carries the requests of the SDK's credential providers over the task's transport, each with a progress of its own.
 * The progress of the whole search shows how far the latest one came.
 */
export function providerHandler(transport: Transport, progress: RequestProgress) {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    async handle({ protocol, hostname, port, method, path, query = {}, headers, body }: HttpRequest) {
      const own = new RequestProgress();
      progress.hold({ destroy: () => own.giveUp() });
      const search = buildQueryString(query);
      const whole = search === '' ? path : `${path}?${search}`;
      try {
        const request = { protocol, hostname, port, method, path: whole, headers, body };
        const { message, head } = await transport.send(request, own);
        return {
          response: new HttpResponse({ statusCode: head.statusCode, headers: { ...head.headers }, body: message }),
        };
      } finally {
        const { phase, host, proxyUrl, answer } = own;
        Object.assign(progress, { phase, host, proxyUrl, answer });
      }
    },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
  };
}
