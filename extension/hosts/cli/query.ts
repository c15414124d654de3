import { compile, TreeInterpreter } from '@jmespath-community/jmespath';
import { UsageError } from './usage-error.ts';

/** A JMESPath expression that was read, to be asked of a value. Throws UsageError when it cannot be read. */
export function queryOf(expression: string): (value: unknown) => unknown {
  let tree: ReturnType<typeof compile>;
  try {
    tree = compile(expression);
  } catch (error) {
    throw new UsageError(`--query is no JMESPath expression: ${(error as Error).message}; see https://jmespath.org`);
  }
  return (value) => TreeInterpreter.search(tree, value as never) ?? null;
}
