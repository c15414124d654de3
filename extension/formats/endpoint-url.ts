/** What is wrong with the URL of an endpoint, or null. The URL is not quoted: it may hold a password. */
export function endpointUrlFault(text: string): string | null {
  if (text === soundUrl) return null;
  const fault = faultOf(text);
  if (fault === null) soundUrl = text;
  return fault;
}

/** The last URL without a fault: the next task of a process often has the same. */
let soundUrl: string | undefined;

function faultOf(text: string): string | null {
  const url = /^https?:\/\/[^/]/i.test(text) ? parseUrl(text) : null;
  if (url === null) {
    return 'must be an http or https URL, such as https://vpce-0123.lambda.eu-west-1.vpce.amazonaws.com';
  }
  if (url.username !== '' || url.password !== '') return 'must not hold a user or password; use credentials for AWS';
  if (url.search !== '' || url.hash !== '') return 'must not have a query or fragment';
  return null;
}

function parseUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null; // the error quotes the text
  }
}
