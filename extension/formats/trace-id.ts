import { randomUUID } from 'node:crypto';

/** An X-Ray trace that a call is a part of. */
export interface Trace {
  /** As X-Ray names it: `1-` and the two parts of its id. */
  readonly id: string;
  /** The X-Amzn-Trace-Id header. */
  readonly header: string;
}

/**
 * Reads a trace from the header of X-Ray (`Root=1-…;Parent=…;Sampled=1`), the id alone (`1-…`), or the traceparent of
 * W3C (`00-…-…-01`). Null when the text is none of them.
 */
export function parseTrace(text: string): Trace | null {
  return w3c(text) ?? xray(text);
}

/** A trace of this task alone. Whether it is recorded is for AWS to decide. */
export function newTrace(now: number): Trace {
  const seconds = Math.floor(now / 1000).toString(16);
  const uuid = randomUUID(); // from random bytes that Node keeps ready; the groups with a fixed digit are left out
  const random = uuid.slice(0, 8) + uuid.slice(9, 13) + uuid.slice(24);
  const id = `1-${seconds.padStart(8, '0').slice(-8)}-${random}`;
  return { id, header: `Root=${id}` };
}

/** https://www.w3.org/TR/trace-context/#traceparent-header */
function w3c(text: string): Trace | null {
  const [, version, trace = '', parent = '', flags = ''] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/.exec(text) ?? [];
  if (version === undefined || version === 'ff' || /^0+$/.test(trace) || /^0+$/.test(parent)) return null;
  const id = `1-${trace.slice(0, 8)}-${trace.slice(8)}`;
  const sampled = (Number.parseInt(flags, 16) & 1) === 1 ? 1 : 0;
  return { id, header: `Root=${id};Parent=${parent};Sampled=${sampled}` };
}

const xrayId = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/;

function xray(text: string): Trace | null {
  if (xrayId.test(text)) return { id: text, header: `Root=${text}` };
  const parts = text.split(';').map((part) => part.trim());
  const known = parts.every((part) => /^[A-Za-z]+=[\x21-\x7e]{0,128}$/.test(part));
  const id = parts.find((part) => part.startsWith('Root='))?.slice('Root='.length) ?? '';
  return known && text.length <= longest && xrayId.test(id) ? { id, header: parts.join(';') } : null;
}

const longest = 512;
