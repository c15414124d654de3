export const config = {
  loggingConfig: { logFormat: 'JSON', logGroup: '/jobs/json', applicationLogLevel: 'DEBUG', systemLogLevel: 'DEBUG' },
};

export const handler = async ({ fail, exit }, { logGroupName, logStreamName }) => {
  console.debug('details', { a: 1 });
  console.log('told');
  if (exit !== undefined) process.exit(exit);
  if (fail !== undefined) throw new RangeError(fail);
  return { logGroupName, logStreamName };
};
