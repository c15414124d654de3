import { expect, test } from '@jest/globals';
import {
  idOfKey,
  isBatchId,
  isId,
  newBatchId,
  rangeOf,
  repeatIdOf,
  repeatsOf,
  taskIdOf,
} from '../../../../extension/hosts/fleet/job/ids.ts';

test('the tasks of a batch are a range of ids in the order of their lines, repetitions at its end', () => {
  const batch = newBatchId();
  expect([isId(batch), isBatchId(batch), isBatchId(taskIdOf(batch, 1))]).toEqual([true, true, false]);
  const first = taskIdOf(batch, 2);
  const again = repeatIdOf(first, batch) as string;
  const third = repeatIdOf(again, batch) as string;
  const ids = [taskIdOf(batch, 1), first, taskIdOf(batch, 10), taskIdOf(batch, 123_456_789), again, third];
  expect(ids.every(isId)).toBe(true);
  expect([...ids].sort()).toEqual(ids);
  const [least, greatest] = rangeOf(batch);
  expect(ids.every((id) => least <= id && id <= greatest)).toBe(true);
  const [from, to] = repeatsOf(batch);
  expect(ids.map((id) => from <= id && id <= to)).toEqual([false, false, false, false, true, true]);
});

test('to repeat a task twice gives one id; after 99 times there is none', () => {
  const batch = newBatchId();
  let id: string | null = taskIdOf(batch, 7);
  expect(repeatIdOf(id, batch)).toBe(repeatIdOf(id, batch));
  const seen = new Set([id]);
  for (let times = 0; times < 99; times += 1) {
    id = repeatIdOf(id as string, batch);
    seen.add(id as string);
  }
  expect(seen.size).toBe(100);
  expect(repeatIdOf(id as string, batch)).toBeNull();
  const single = idOfKey('task', 'q', 'k');
  expect([isId(repeatIdOf(single, single) ?? ''), repeatIdOf(single, single) === single]).toEqual([true, false]);
});

test('a key gives one id for a queue and a kind', () => {
  expect(idOfKey('batch', 'q', 'k')).toBe(idOfKey('batch', 'q', 'k'));
  expect(isBatchId(idOfKey('batch', 'q', 'k'))).toBe(true);
  const others = [idOfKey('task', 'q', 'k'), idOfKey('task', 'q2', 'k'), idOfKey('task', 'q', 'k2')];
  expect(new Set(others).size).toBe(3);
  expect(others.every(isId)).toBe(true);
});
