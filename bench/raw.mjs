// The floor: one POST by node:http or node:https, without signature, validation or output document.
import { readFileSync, writeSync } from 'node:fs';

const { endpoint_url: url, function_name: name } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const { default: http } = await (url.startsWith('https:') ? import('node:https') : import('node:http'));
const request = http.request(`${url}/2015-03-31/functions/${name}/invocations`, { method: 'POST' }, (response) => {
  response.on('data', (chunk) => writeSync(1, chunk));
});
request.end();
