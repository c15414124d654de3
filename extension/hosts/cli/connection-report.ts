import type { ActionContext } from '../../actions/action.ts';
import { perform } from '../../actions/index.ts';
import { printable } from '../../formats/printable.ts';
import { CallError } from '../../outcome/call-failure.ts';
import type { Outcome } from '../../outcome/outcome.ts';
import { reasonOf } from '../../outcome/reason.ts';
import { maskUserInfo } from '../../secret.ts';
import type { Task } from '../../task/task.ts';
import type { View } from './stage.ts';
import { bytesText, definitions } from './text.ts';

export type Facts = [string, string][];

/** Test Connection with what a person wants to know of the connection: sources, identity, proxy and trust. */
export function connectionReport(fields: Readonly<Record<string, unknown>>) {
  const facts: Facts = [];
  return {
    async action(task: Task, context: ActionContext): Promise<Outcome> {
      facts.push(...connectionFacts(fields, context));
      const outcome = await perform(task, context);
      facts.push(['Identity', await identityOf(task, context)]);
      return outcome;
    },

    show({ answer }: Outcome, { out }: View): string {
      if (answer === null) return '';
      const width = Math.max(60, Math.min(out.width, 120));
      const account =
        answer.kind === 'account' ? `\n${numbers('Limits', answer.limits)}\n${numbers('Usage', answer.usage)}` : '';
      return `${definitions(facts, 15, width)}${account}`;
    },
  };
}

/** Where region, endpoint and credentials come from, and what is between this host and AWS. */
function connectionFacts(
  { proxy, proxy_ca_bundle_file }: Readonly<Record<string, unknown>>,
  { session: { region, sources } }: ActionContext,
): Facts {
  return [
    ['Region', `${region}, from ${sources.region}`],
    ['Endpoint', printable(maskUserInfo(sources.endpoint))],
    ['Credentials', `from ${printable(sources.credentials)}`],
    ['Proxy', typeof proxy === 'string' ? printable(maskUserInfo(proxy)) : 'none'],
    ['Trust', trust(proxy_ca_bundle_file)],
  ];
}

export async function identityOf({ limits }: Task, { session, signal }: ActionContext): Promise<string> {
  try {
    const found = await session.inspector.identity({ limits, signal });
    if (found === null) return 'not asked: Lambda has an endpoint of its own; give --sts-endpoint-url to ask STS';
    return printable(`${found.arn} (account ${found.account})`);
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    return `unknown: ${printable(reasonOf(error.failure))}`;
  }
}

function trust(proxyCa: unknown): string {
  const bundles = ['AWS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS']
    .map((name) => [name, process.env[name]] as const)
    .filter(([, path]) => path)
    .map(([name, path]) => `${name} (${path})`);
  const roots = ['the roots of Node', ...bundles].join(', ');
  return typeof proxyCa === 'string' ? `${roots}; for the proxy ${printable(proxyCa)}` : roots;
}

/** The numbers of the account under a title, sizes in a unit that fits. */
function numbers(title: string, values: Readonly<Record<string, number>>): string {
  const rows = Object.entries(values).map(([name, value]): [string, string] => [
    name
      .replace(/([A-Z])/g, ' $1')
      .replace(/^./, (first) => first.toUpperCase())
      .replace(/ [A-Z]/g, (word) => word.toLowerCase()),
    name.includes('odeSize') ? bytesText(value) : value.toLocaleString('en-US'),
  ]);
  return `${title} of the account\n${definitions(rows, 36)}`;
}
