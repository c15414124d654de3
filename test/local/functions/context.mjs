export const config = {
  timeout: 42,
  memorySize: 512,
  description: 'Shows its context',
  environment: { COLOUR: 'red' },
};

const { COLOUR } = process.env;

export const handler = async (_event, context) => {
  const { getRemainingTimeInMillis, done, fail, succeed, ...data } = context;
  const remaining = getRemainingTimeInMillis();
  const methods = [done, fail, succeed].map((method) => typeof method);
  return { ...data, remaining, methods, COLOUR, environment: Object.keys(process.env) };
};
