export const config = { loggingConfig: { logFormat: 'JSON', applicationLogLevel: 'WARN', systemLogLevel: 'WARN' } };

export const handler = async () => {
  console.log('not told');
  console.warn('told');
};
