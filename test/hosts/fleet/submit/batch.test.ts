import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Database } from '../../../../extension/hosts/fleet/database/database.ts';
import { ensureQueue } from '../../../../extension/hosts/fleet/database/queue.ts';
import { submitBatch } from '../../../../extension/hosts/fleet/submit/batch.ts';
import { type Postgres, postgresPrograms, startPostgres } from '../../../support/postgres.ts';
import { fieldsOf, openFleet } from '../worker/support/fleet.ts';

const kinds = postgresPrograms === null ? ['embedded'] : ['PostgreSQL', 'embedded'];

describe.each(kinds)('a batch on %s', (kind) => {
  let postgres: Postgres | null = null;
  const folder = mkdtempSync(join(tmpdir(), 'fleet-'));
  let database: Database;

  beforeAll(async () => {
    postgres = kind === 'PostgreSQL' ? await startPostgres() : null;
    database = await openFleet(postgres?.url ?? `embedded:${folder}/data`);
    await ensureQueue(database, 'lambda');
  }, 120_000);

  afterAll(async () => {
    await database.close();
    await postgres?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each([
    [999, false],
    [1000, true],
  ])('of %i lines: the planner knows of them: %p', async (count, isKnown) => {
    const { payload_source, payload_script, ...fields } = fieldsOf('http://127.0.0.1:1', 'x');
    const lines = async function* () {
      yield Buffer.from('{}\n'.repeat(count));
    };
    const source = { read: lines, isSame: () => true, close: async () => {} };
    const submitted = await submitBatch(database, { fields, source, placing: { queue: 'lambda' }, keys: null });
    expect(submitted).toMatchObject({ count, existed: false });
    const [known] = await database.sql<{ known: number }>(
      `SELECT count(*)::int AS known FROM pg_stats WHERE schemaname = '${database.schema}' AND attname = 'name' AND tablename LIKE 'job%'
        AND 'lambda' = ANY(most_common_vals::text::text[])`,
    );
    expect((known?.known ?? 0) > 0).toBe(isKnown);
  });
});
