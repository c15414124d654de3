import type { InvokeResult } from '../../outcome/answer.ts';

/** The result of an invocation of which nothing is known but what is added to it. */
export const emptyInvokeResult: InvokeResult = {
  kind: 'invoke',
  ...{ statusCode: null, payload: null, log: null, report: null },
  ...{ executedVersion: null, functionError: null, durableExecutionArn: null },
};
