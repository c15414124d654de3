export const config = { timeout: 1, durableConfig: { executionTimeout: 300 } };
export const handler = () => new Promise((resolve) => setTimeout(resolve, 60_000));
