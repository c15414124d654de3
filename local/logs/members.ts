import { invalidParameter, LogsError } from './logs-error.ts';

/** The members of a request in JSON, read one by one. */
export class Members {
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(body: Buffer) {
    this.#values = parse(body);
  }

  text(name: string, longest = 1024): string | undefined {
    const value = this.#values[name] ?? undefined;
    if (value === undefined) return undefined;
    if (typeof value !== 'string') throw new LogsError('SerializationException', `${name} is not a text`);
    if (value.length > longest) throw this.#violation(name, `Member must have length less than or equal to ${longest}`);
    return value;
  }

  number(name: string, min = 0, max = Number.MAX_SAFE_INTEGER): number | undefined {
    const value = this.#values[name] ?? undefined;
    if (value === undefined) return undefined;
    if (typeof value !== 'number') throw new LogsError('SerializationException', `${name} is not a number`);
    if (value >= min && value <= max) return value;
    const bound = value < min ? `greater than or equal to ${min}` : `less than or equal to ${max}`;
    throw this.#violation(name, `Member must have value ${bound}`);
  }

  flag(name: string, standard: boolean): boolean {
    const value = this.#values[name] ?? standard;
    if (typeof value !== 'boolean') throw new LogsError('SerializationException', `${name} is not a boolean`);
    return value;
  }

  texts(name: string, most: number): readonly string[] | undefined {
    const value = this.#values[name] ?? undefined;
    if (value === undefined) return undefined;
    if (!Array.isArray(value) || value.some((item) => typeof item !== 'string')) {
      throw new LogsError('SerializationException', `${name} is not a list of texts`);
    }
    if (value.length > most) throw this.#violation(name, `Member must have length less than or equal to ${most}`);
    return value as string[];
  }

  #violation(name: string, constraint: string): LogsError {
    const value = JSON.stringify(this.#values[name]);
    const message = `1 validation error detected: Value '${value}' at '${name}' failed to satisfy constraint: ${constraint}`;
    return invalidParameter(message);
  }
}

function parse(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body.toString() || '{}');
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Refused below, like JSON that is no object.
  }
  throw new LogsError('SerializationException', 'The request body must be a JSON object');
}
