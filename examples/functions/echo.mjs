/** Gives back what it was called with, and how. */
export const config = { description: 'Gives back the event and the client context' };

export async function handler(event, context) {
  const { clientContext = null, functionName, functionVersion, invokedFunctionArn, awsRequestId } = context;
  return { event, clientContext, functionName, functionVersion, invokedFunctionArn, awsRequestId };
}
