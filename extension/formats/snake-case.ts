/** A copy of an object with its camelCase keys in snake_case. */
export function snakeCase(value: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [inSnakeCase(key), entry]));
}

function inSnakeCase(key: string): string {
  return key.replace(/(?<=.)[A-Z]/g, '_$&').toLowerCase();
}
