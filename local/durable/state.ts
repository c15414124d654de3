import { readMarker, writeMarker } from '../lambda/marker.ts';
import type { DurableExecution } from './execution.ts';
import type { Operation } from './operation.ts';
import { type TimeForm, toWireOperation } from './wire.ts';

const PAGE_ITEMS = 1000;
/** An invocation may carry 6 MB; this leaves room for JSON's escapes. */
const PAGE_BYTES = 3 * 1024 * 1024;
const LIST = 'state';

/** One page of the operations that a replay needs, and the marker of the next, empty at the end. */
export function statePage(execution: DurableExecution, form: TimeForm, marker: string | null, maxItems = PAGE_ITEMS) {
  const operations = neededOperations(execution);
  const start = readMarker(marker, LIST) ?? 0;
  let bytes = 0;
  let end = start;
  for (; end < operations.length && end - start < maxItems; end += 1) {
    bytes += sizeOf(operations[end]);
    if (bytes > PAGE_BYTES && end > start) break;
  }
  return {
    Operations: operations.slice(start, end).map((operation) => toWireOperation(operation, form)),
    NextMarker: end < operations.length ? writeMarker(LIST, end) : '',
  };
}

/** What happened inside a finished context is not needed any more, unless the function asked to replay it. */
function neededOperations({ operations }: DurableExecution): readonly Operation[] {
  const left = new Set<string>();
  return [...operations.values()].filter(({ id, parentId }) => {
    const parent = parentId === undefined ? undefined : operations.get(parentId);
    const finished = parent?.status === 'SUCCEEDED' || parent?.status === 'FAILED';
    if (parent === undefined || !(left.has(parent.id) || (finished && parent.replayChildren !== true))) return true;
    left.add(id);
    return false;
  });
}

function sizeOf(operation: Operation | undefined): number {
  return 512 + (operation?.input?.length ?? 0) + (operation?.result?.length ?? 0);
}
