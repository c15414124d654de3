import type { Answer } from '../http/answer.ts';

export const STS_NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';

/** A tree of elements: the leaves are texts. */
export interface Elements {
  readonly [name: string]: string | number | Elements;
}

/** Writes an STS answer: `<ActionResponse><ActionResult>…</ActionResult><ResponseMetadata/></ActionResponse>`. */
export function stsAnswer(action: string, result: Elements, requestId: string): Answer {
  const content = { [`${action}Result`]: result, ResponseMetadata: { RequestId: requestId } };
  const body = `<${action}Response xmlns="${STS_NAMESPACE}">\n${toXml(content, '  ')}</${action}Response>\n`;
  return { status: 200, headers: { 'content-type': 'text/xml' }, body };
}

export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function toXml(elements: Elements, indent: string): string {
  return Object.entries(elements)
    .map(([name, value]) => {
      const content =
        typeof value === 'object' ? `\n${toXml(value, `${indent}  `)}${indent}` : escapeXml(String(value));
      return `${indent}<${name}>${content}</${name}>\n`;
    })
    .join('');
}
