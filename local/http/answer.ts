/** Writes a body piece by piece; `send` waits while the client does not keep up, and drops what nobody reads. */
export type BodyStream = (send: (bytes: Uint8Array) => Promise<void>) => Promise<void>;

/** What is sent back for one call. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | BodyStream;
}

export function json(body: unknown): Answer {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
