/** The least Node of the fleet's commands: pg-boss asks for it. */
export const leastNode = '22.12.0';

/** The Node that runs this process, or the reason why it is none. */
export interface Runtime {
  readonly node?: string | undefined;
  readonly bun?: string | undefined;
}

/** Throws, with a plain sentence, when this process cannot run a fleet's command. */
export function requireNode(least: string = leastNode, { node = '', bun }: Runtime = process.versions): void {
  if (bun !== undefined) {
    throw new Error(
      `this command does not run in the self-contained executable: use the program of the npm package, with Node ${least} or newer`,
    );
  }
  if (isOlder(node, least)) {
    throw new Error(
      `this command needs Node ${least} or newer and this is Node ${node}; the commands that run one task need only Node 20.19`,
    );
  }
}

function isOlder(version: string, least: string): boolean {
  const own = numbersOf(version);
  const wanted = numbersOf(least);
  const differs = wanted.findIndex((number, index) => number !== own[index]);
  return differs !== -1 && (own[differs] ?? 0) < (wanted[differs] ?? 0);
}

const numbersOf = (version: string) => version.split('.').map(Number);
