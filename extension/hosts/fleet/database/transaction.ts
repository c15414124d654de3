import type pg from 'pg';
import type { Db } from 'pg-boss';

type TransactionHandle = Awaited<ReturnType<NonNullable<Db['beginTransaction']>>>;

/** Begins a transaction on a connection of its own, in the form that pg-boss takes as `db`. */
export async function beginOn(client: pg.PoolClient): Promise<TransactionHandle> {
  let isOver = false;
  const end = async (command: 'COMMIT' | 'ROLLBACK') => {
    if (isOver) throw new Error('the transaction is over');
    isOver = true;
    try {
      await client.query(command);
      client.release();
    } catch (error) {
      client.release(true);
      throw error;
    }
  };
  try {
    await client.query('BEGIN');
  } catch (error) {
    client.release(true);
    throw error;
  }
  return {
    db: {
      executeSql: (text, values = []) =>
        isOver ? Promise.reject(new Error('the transaction is over')) : client.query(text, values),
    },
    commit: () => end('COMMIT'),
    // When its connection is gone, so is the transaction.
    rollback: () => (isOver ? Promise.resolve() : end('ROLLBACK').catch(() => {})),
  };
}
