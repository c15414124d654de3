/** What these nodes use of Node-RED's runtime API: https://nodered.org/docs/creating-nodes/node-js */
export interface Red {
  readonly nodes: {
    createNode(node: Node, config: Config): void;
    registerType(
      type: string,
      implementation: (this: never, config: never) => void,
      options?: { credentials?: object },
    ): void;
    getNode(id: string): Node | null | undefined;
    /** Every deployed node as the flow file has it. */
    eachNode(visit: (config: Config) => void): void;
    getCredentials(id: string): Credentials | null | undefined;
  };
  readonly httpAdmin: {
    post(path: string, ...handlers: Handler[]): void;
  };
  readonly auth: { needsPermission(permission: string): Handler };
  readonly util: {
    getMessageProperty(message: Message, path: string): unknown;
  };
  readonly _: (key: string, values?: Readonly<Record<string, unknown>>) => string;
}

export interface Node {
  readonly id: string;
  readonly name?: string;
  readonly credentials?: Credentials;
  on(event: 'input', listener: (message: Message, send: Send, done: Done) => void): void;
  on(event: 'close', listener: (done: () => void) => void): void;
  status(status: Status | Record<string, never>): void;
  error(message: string): void;
  warn(message: string): void;
  debug(message: string): void;
  trace(message: string): void;
}

export type Config = Readonly<Record<string, unknown>> & { readonly id: string; readonly name?: string };
export type Credentials = Readonly<Record<string, string | undefined>>;
export type Message = Record<string, unknown>;
export type Send = (message: Message) => void;
/** A Catch node shows a text as it is; it would show an Error with its name before the message. */
export type Done = (error?: string) => void;

export interface Status {
  readonly fill: 'blue' | 'green' | 'red' | 'grey';
  readonly shape: 'dot' | 'ring';
  readonly text: string;
}

type Handler = (request: Request, response: Response, next: () => void) => void;

export interface Request {
  readonly params: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: unknown;
}

export interface Response {
  json(body: unknown): void;
  status(code: number): Response;
  on(event: 'close', listener: () => void): void;
}
