import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Database } from '../../../../extension/hosts/fleet/database/database.ts';
import { openDatabase } from '../../../../extension/hosts/fleet/database/open.ts';
import { ensureQueue } from '../../../../extension/hosts/fleet/database/queue.ts';
import { type Order, pagesOf } from '../../../../extension/hosts/fleet/reports/pages.ts';
import { type Postgres, postgresPrograms, startPostgres, withoutPostgres } from '../../../support/postgres.ts';

const silent = { error() {}, warn() {}, info() {}, debug() {} };
const kinds = postgresPrograms === null ? ['embedded'] : ['PostgreSQL', 'embedded'];
if (postgresPrograms === null) test.skip(withoutPostgres, () => {});

const queues = ['first', 'second'];
const count = 6000;

describe.each(kinds)('the pages of a list by time, on %s', (kind) => {
  const folder = mkdtempSync(join(tmpdir(), 'ue-rows-'));
  let postgres: Postgres | null = null;
  let db: Database;

  beforeAll(async () => {
    postgres = kind === 'PostgreSQL' ? await startPostgres() : null;
    db = await openDatabase({ url: postgres?.url ?? `embedded:${folder}/db` }, {}, silent);
    for (const queue of queues) await ensureQueue(db, queue);
    // 40 of one time, over the ends of pages, in both queues.
    await db.sql(
      `INSERT INTO ${db.schema}.job (name, data, created_on)
       SELECT ($1::text[])[1 + n % 2], '{}', '2027-01-01T00:00:00Z'::timestamptz + n / 40 * interval '1 s'
       FROM generate_series(0, ${count - 1}) n`,
      [queues],
    );
  }, 120_000);

  afterAll(async () => {
    await db?.close();
    await postgres?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each<readonly [Order, 1 | -1]>([
    ['oldest', 1],
    ['newest', -1],
  ])('%s: every row once, in order, and the table is read in order once', async (order, sign) => {
    const statements: string[] = [];
    const counted: Database = {
      ...db,
      sql(text, values) {
        statements.push(text);
        return db.sql(text, values);
      },
    };
    const rows: { at: number; id: string }[] = [];
    for await (const page of pagesOf(counted, { queues }, order)) {
      rows.push(...page.map(({ created, id }) => ({ at: created.getTime(), id })));
    }
    expect(new Set(rows.map(({ id }) => id)).size).toBe(count);
    expect(rows).toHaveLength(count);
    expect(rows).toEqual([...rows].sort((a, b) => sign * (a.at - b.at) || (a.id < b.id ? -1 : 1)));
    expect(statements.filter((text) => text.includes('ORDER BY'))).toHaveLength(1);
  });

  test('a limit inside a page ends there', async () => {
    const sizes: number[] = [];
    for await (const page of pagesOf(db, { queues }, 'oldest', 1234)) sizes.push(page.length);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(1234);
  });
});
