import { buildQueryString, HttpResponse } from '@smithy/core/protocols';
import type { HttpRequest } from '@smithy/types';
import { Journey } from './journey.ts';
import type { Transport } from './transport.ts';

/**
 * Carries the requests of the SDK's credential providers over the task's transport, each on a journey of its own. The
 * journey of the whole search shows how far the latest one came.
 */
export function providerHandler(transport: Transport, journey: Journey) {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    async handle({ protocol, hostname, port, method, path, query = {}, headers, body }: HttpRequest) {
      const leg = new Journey();
      journey.hold({ destroy: () => leg.giveUp() });
      const search = buildQueryString(query);
      const whole = search === '' ? path : `${path}?${search}`;
      try {
        const request = { protocol, hostname, port, method, path: whole, headers, body };
        const { message, head } = await transport.send(request, leg);
        return {
          response: new HttpResponse({ statusCode: head.statusCode, headers: { ...head.headers }, body: message }),
        };
      } finally {
        const { phase, host, proxyUrl, answer } = leg;
        Object.assign(journey, { phase, host, proxyUrl, answer });
      }
    },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
  };
}
