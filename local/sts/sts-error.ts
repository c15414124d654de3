import type { Answer } from '../http/answer.ts';
import { escapeXml, STS_NAMESPACE } from './sts-xml.ts';

/** Error thrown when STS refuses a call; it becomes an answer in the XML of the query protocol. */
export class StsError extends Error {
  override readonly name: string;
  readonly status: number;

  constructor(status: number, name: string, message: string) {
    super(message);
    this.status = status;
    this.name = name;
  }
}

export function toStsAnswer({ status, name, message }: StsError, requestId: string): Answer {
  const type = status < 500 ? 'Sender' : 'Receiver';
  const body = `<ErrorResponse xmlns="${STS_NAMESPACE}">
  <Error>
    <Type>${type}</Type>
    <Code>${name}</Code>
    <Message>${escapeXml(message)}</Message>
  </Error>
  <RequestId>${requestId}</RequestId>
</ErrorResponse>
`;
  return { status, headers: { 'content-type': 'text/xml' }, body };
}
