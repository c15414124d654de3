import { APPLICATION_LEVELS, type LoggingConfig, SYSTEM_LEVELS } from '../logs/logging-config.ts';

/** What a function may say of itself in `export const config = {…}`. */
export interface FunctionConfig {
  /** Seconds, 1 to 1800. */
  readonly timeout: number;
  /** MB, 128 to 10240; reported, not enforced. */
  readonly memorySize: number;
  readonly description: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Makes the function a durable one; a plain one has none. */
  readonly durableConfig: DurableConfig | undefined;
  readonly loggingConfig: LoggingConfig;
}

export interface DurableConfig {
  /** Seconds, up to 366 days. */
  readonly executionTimeout: number;
  readonly retentionPeriodInDays: number;
}

const DEFAULT_RETENTION_DAYS = 14;
const LOG_GROUP = /^[.\-_/#A-Za-z0-9]{1,512}$/;

/** Fills a `config` export with the defaults, and throws for a value that Lambda would not take. */
export function parseFunctionConfig(raw: unknown, timeoutSeconds: number): FunctionConfig {
  const given = typeof raw === 'object' && raw !== null ? (raw as Record<string, unknown>) : {};
  const { timeout = timeoutSeconds, memorySize = 128, description = '', environment = {}, durableConfig } = given;
  return {
    timeout: wholeNumber('timeout', timeout, 1, 1800),
    memorySize: wholeNumber('memorySize', memorySize, 128, 10240),
    description: String(description),
    environment: Object.fromEntries(Object.entries(environment as object).map(([key, value]) => [key, String(value)])),
    durableConfig: durableConfig === undefined ? undefined : parseDurableConfig(durableConfig),
    loggingConfig: parseLoggingConfig(given.loggingConfig ?? {}),
  };
}

function parseDurableConfig(raw: unknown): DurableConfig {
  const given = members('durableConfig', raw, ['executionTimeout', 'retentionPeriodInDays']);
  const { executionTimeout, retentionPeriodInDays = DEFAULT_RETENTION_DAYS } = given;
  return {
    executionTimeout: wholeNumber('durableConfig.executionTimeout', executionTimeout, 1, 31_622_400),
    retentionPeriodInDays: wholeNumber('durableConfig.retentionPeriodInDays', retentionPeriodInDays, 1, 90),
  };
}

function parseLoggingConfig(raw: unknown): LoggingConfig {
  const names = ['logFormat', 'logGroup', 'applicationLogLevel', 'systemLogLevel'];
  const { logFormat = 'Text', logGroup, ...levels } = members('loggingConfig', raw, names);
  const format = oneOf('loggingConfig.logFormat', logFormat, ['Text', 'JSON'] as const);
  if (format === 'Text' && Object.keys(levels).length > 0) {
    throw new Error('config.loggingConfig has log levels, which need logFormat: "JSON".');
  }
  if (logGroup !== undefined && (typeof logGroup !== 'string' || !LOG_GROUP.test(logGroup))) {
    throw new Error(`config.loggingConfig.logGroup is ${JSON.stringify(logGroup)}: give the name of a log group.`);
  }
  const { applicationLogLevel = 'INFO', systemLogLevel = 'INFO' } = levels;
  return {
    logFormat: format,
    logGroup,
    applicationLogLevel: oneOf('loggingConfig.applicationLogLevel', applicationLogLevel, APPLICATION_LEVELS),
    systemLogLevel: oneOf('loggingConfig.systemLogLevel', systemLogLevel, SYSTEM_LEVELS),
  };
}

/** The members of an object that has no others. */
function members(name: string, raw: unknown, known: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof raw !== 'object' || raw === null) {
    throw new Error(`config.${name} is ${JSON.stringify(raw)}: give an object with ${known.join(', ')}.`);
  }
  const wrong = Object.keys(raw).find((key) => !known.includes(key));
  if (wrong !== undefined) throw new Error(`config.${name}.${wrong} is not known: ${known.join(', ')} are.`);
  return raw as Readonly<Record<string, unknown>>;
}

function oneOf<T extends string>(name: string, value: unknown, values: readonly T[]): T {
  const found = values.find((candidate) => candidate === value);
  if (found === undefined) throw new Error(`config.${name} is ${JSON.stringify(value)}: give ${values.join(' or ')}.`);
  return found;
}

function wholeNumber(name: string, value: unknown, min: number, max: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw new Error(`config.${name} is ${JSON.stringify(value)}: give a whole number from ${min} to ${max}.`);
}
