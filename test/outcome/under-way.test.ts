import { expect, test } from '@jest/globals';
import { TaskRecord } from '../../extension/outcome/task-record.ts';

test('while a call that can run the function is under way, it is unknown whether it runs', async () => {
  const record = new TaskRecord();
  let during = '';
  await record.running('completed', async () => {
    during = record.execution;
    return { requestId: 'request-1', attempts: 1 };
  });
  expect([during, record.execution, record.requestId]).toEqual(['unknown', 'completed', 'request-1']);
});
