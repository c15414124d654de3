export const APPLICATION_LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const;
export const SYSTEM_LEVELS = ['DEBUG', 'INFO', 'WARN'] as const;
export type SystemLogLevel = (typeof SYSTEM_LEVELS)[number];
export type LogFormat = 'Text' | 'JSON';

/** Where and how a function logs. */
export interface LoggingConfig {
  readonly logFormat: LogFormat;
  readonly logGroup: string | undefined;
  /** With the format JSON only. */
  readonly applicationLogLevel: (typeof APPLICATION_LEVELS)[number];
  readonly systemLogLevel: SystemLogLevel;
}

export function logGroupOf(functionName: string, { logGroup }: LoggingConfig): string {
  return logGroup ?? `/aws/lambda/${functionName}`;
}

/** Names a stream as Lambda does: a group of a function's own holds its name, any other does not need it. */
export function logStreamName(functionName: string, config: LoggingConfig, version: string, day: string, id: string) {
  return config.logGroup === undefined ? `${day}/[${version}]${id}` : `${day}/${functionName}[${version}][${id}]`;
}

/** Writes the configuration as GetFunctionConfiguration prints it. */
export function toWireLoggingConfig(functionName: string, config: LoggingConfig) {
  const { logFormat, applicationLogLevel, systemLogLevel } = config;
  const levels = { ApplicationLogLevel: applicationLogLevel, SystemLogLevel: systemLogLevel };
  return { LogFormat: logFormat, ...(logFormat === 'JSON' && levels), LogGroup: logGroupOf(functionName, config) };
}
