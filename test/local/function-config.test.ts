import { expect, test } from '@jest/globals';
import { parseFunctionConfig } from '../../local/functions/function-config.ts';

test('a function that says nothing of itself has the defaults', () => {
  expect(parseFunctionConfig({}, 30)).toEqual({
    timeout: 30,
    memorySize: 128,
    description: '',
    environment: {},
    durableConfig: undefined,
    loggingConfig: {
      logFormat: 'Text',
      logGroup: undefined,
      applicationLogLevel: 'INFO',
      systemLogLevel: 'INFO',
    },
  });
});

test('a durable function keeps its record for 14 days unless it says otherwise', () => {
  const { durableConfig } = parseFunctionConfig({ durableConfig: { executionTimeout: 60 } }, 30);
  expect(durableConfig).toEqual({ executionTimeout: 60, retentionPeriodInDays: 14 });
});

test.each([
  [{ timeout: 1801 }, 'config.timeout is 1801: give a whole number from 1 to 1800.'],
  [{ durableConfig: true }, 'config.durableConfig is true: give an object with executionTimeout'],
  [
    { durableConfig: {} },
    'config.durableConfig.executionTimeout is undefined: give a whole number from 1 to 31622400.',
  ],
  [{ durableConfig: { executionTimeout: 1, retention: 3 } }, 'config.durableConfig.retention is not known'],
  [{ durableConfig: { executionTimeout: 1, retentionPeriodInDays: 91 } }, 'retentionPeriodInDays is 91'],
  [{ loggingConfig: { logFormat: 'XML' } }, 'config.loggingConfig.logFormat is "XML": give Text or JSON.'],
  [{ loggingConfig: { systemLogLevel: 'WARN' } }, 'log levels, which need logFormat: "JSON"'],
  [{ loggingConfig: { logFormat: 'JSON', systemLogLevel: 'ERROR' } }, 'give DEBUG or INFO or WARN'],
  [{ loggingConfig: { logGroup: 'no group' } }, 'config.loggingConfig.logGroup is "no group"'],
])('%j is refused: %s', (config, message) => {
  expect(() => parseFunctionConfig(config, 30)).toThrow(message);
});
