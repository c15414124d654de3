export const config = { timeout: 'long' };
export const handler = async () => 1;
