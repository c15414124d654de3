/** May take longer than a caller waits. */
export const config = { durableConfig: { executionTimeout: 1801 } };
export const handler = async () => ({ Status: 'SUCCEEDED' });
