import { toFunctionConfiguration } from '../functions/function-configuration.ts';
import { PUBLISHED_VERSION } from '../functions/function-name.ts';
import { type Answer, json } from '../http/answer.ts';
import type { Call } from '../http/call.ts';
import { validationError } from './lambda-error.ts';
import type { LambdaPorts } from './lambda-ports.ts';
import { readMarker, writeMarker } from './marker.ts';

/** Even with a larger MaxItems, Lambda puts at most 50 functions on a page. */
const PAGE_LIMIT = 50;

/** Answers `ListFunctions`. The marker names where the next page begins, and nothing is kept between the pages. */
export async function listFunctions({ query }: Call, region: string, ports: LambdaPorts): Promise<Answer> {
  const versions = readVersions(query.get('FunctionVersion'));
  const rows = [...ports.functions().values()].flatMap((fn) => versions.map((version) => ({ fn, version })));
  const start = readMarker(query.get('Marker'), 'functions') ?? 0;
  const page = rows.slice(start, start + readMaxItems(query.get('MaxItems')));
  const next = start + page.length;
  return json({
    Functions: await Promise.all(
      page.map(async ({ fn, version }) => {
        const config = await ports.pool.describe(fn, region);
        return toFunctionConfiguration(fn, config, region, version, versions.length > 1);
      }),
    ),
    NextMarker: next < rows.length ? writeMarker('functions', next) : null,
  });
}

function readVersions(text: string | null): readonly string[] {
  if (text === null || text === '') return ['$LATEST'];
  if (text === 'ALL') return ['$LATEST', PUBLISHED_VERSION];
  throw validationError(text, 'functionVersion', 'Member must satisfy enum value set: [ALL]');
}

function readMaxItems(text: string | null): number {
  if (text === null || text === '') return PAGE_LIMIT;
  const count = Number(text);
  if (!Number.isInteger(count)) throw validationError(text, 'maxItems', 'Member must be a whole number');
  if (count < 1) throw validationError(text, 'maxItems', 'Member must have value greater than or equal to 1');
  if (count > 10_000) throw validationError(text, 'maxItems', 'Member must have value less than or equal to 10000');
  return Math.min(count, PAGE_LIMIT);
}
