/** Returns `event.bytes` of text; more than 6 MB is more than Lambda hands over. */
export const config = { description: 'Returns event.bytes of text' };

export async function handler({ bytes = 1024 }) {
  return 'x'.repeat(Math.max(0, bytes - 2));
}
