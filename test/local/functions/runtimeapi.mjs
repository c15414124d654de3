/** Posts a response to an invocation that is not its own. */
export const handler = async () => {
  const path = '/2018-06-01/runtime/invocation/00000000-0000-0000-0000-000000000000/response';
  const answer = await fetch(`http://${process.env.AWS_LAMBDA_RUNTIME_API}${path}`, { method: 'POST', body: 'x' });
  return [answer.status, (await answer.json()).errorType];
};
