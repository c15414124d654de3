/** What a function may say of itself in `export const config = {…}`. */
export interface FunctionConfig {
  /** Seconds, 1 to 900. */
  readonly timeout: number;
  /** MB, 128 to 10240; reported, not enforced. */
  readonly memorySize: number;
  readonly description: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Fills a `config` export with the defaults, and throws for a value that Lambda would not take. */
export function parseFunctionConfig(raw: unknown, timeoutSeconds: number): FunctionConfig {
  const given = typeof raw === 'object' && raw !== null ? (raw as Record<string, unknown>) : {};
  const { timeout = timeoutSeconds, memorySize = 128, description = '', environment = {} } = given;
  return {
    timeout: wholeNumber('timeout', timeout, 1, 900),
    memorySize: wholeNumber('memorySize', memorySize, 128, 10240),
    description: String(description),
    environment: Object.fromEntries(Object.entries(environment as object).map(([key, value]) => [key, String(value)])),
  };
}

function wholeNumber(name: string, value: unknown, min: number, max: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw new Error(`config.${name} is ${JSON.stringify(value)}: give a whole number from ${min} to ${max}.`);
}
