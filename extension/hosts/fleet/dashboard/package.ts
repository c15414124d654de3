import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The dashboard whose pg-boss has the same tables as ours: another's page of a job is an error. */
const dashboardVersion = '1.9.0';
const name = '@pg-boss/dashboard';
const remedy = `install it beside this program: npm install --global ${name}@${dashboardVersion} (without --global where this program is part of a project)`;

export interface Handler {
  (request: Request): Promise<Response>;
  close(): Promise<void>;
}

type CreateHandler = (options: {
  readonly databases: readonly { readonly url: string; readonly name: string; readonly schema: string }[];
}) => Handler;

/** Loads the dashboard from where it is installed, beside this program or in the current folder. */
export function loadHandler(): CreateHandler {
  const here = typeof __filename === 'string' ? __filename : import.meta.url;
  const found = [createRequire(here), createRequire(join(process.cwd(), 'index.js'))].find((require) =>
    resolves(require),
  );
  if (found === undefined) throw new Error(`the dashboard is a package of its own; ${remedy}`);
  const { version } = JSON.parse(readFileSync(found.resolve(`${name}/package.json`), 'utf8')) as { version: string };
  if (version !== dashboardVersion) {
    throw new Error(
      `${name} ${version} in ${dirname(found.resolve(`${name}/package.json`))} does not fit this program's tables; ${remedy}`,
    );
  }
  const { createDashboardHandler } = found(`${name}/handler`) as { createDashboardHandler: CreateHandler };
  return createDashboardHandler;
}

function resolves(require: NodeJS.Require): boolean {
  try {
    require.resolve(`${name}/handler`);
    return true;
  } catch {
    return false;
  }
}
