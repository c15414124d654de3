/** Fails with a named error, as a function does that refuses its event. */
export const config = { description: 'Throws a named error' };

class InvalidOrderError extends Error {
  name = 'InvalidOrderError';
}

export async function handler(event) {
  throw new InvalidOrderError(event.message ?? 'The order has no items');
}
